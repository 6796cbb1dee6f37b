package anneal.metric;

import java.util.Arrays;

/** Eigenvalues and a rank-revealing factor of symmetric matrices in float64. */
final class SymmetricMatrix {

    private static final int MOST_ITERATIONS = 60;

    /** {@code S = factor' factor} with {@code factor} [rank, n], row-major. */
    record Factor(double[] factor, int rank) {
    }

    private SymmetricMatrix() {
    }

    /**
     * Cholesky's factorisation with complete pivoting of a positive semidefinite matrix. It ends where what is left is
     * rounding noise (n eps times the largest diagonal element), so a singular matrix gives fewer rows.
     *
     * @see "Golub and Van Loan, Matrix Computations, 4th ed., section 4.2.8"
     */
    static Factor factor(double[] matrix, int n) {
        var rest = matrix.clone();
        var factor = new double[n * n];
        double noise = n * Math.ulp(1.0) * largestDiagonal(rest, n);
        int rank = 0;
        for (; rank < n; rank++) {
            int pivot = pivot(rest, n);
            double diagonal = rest[pivot * n + pivot];
            if (!(diagonal > noise)) {
                break;
            }
            double root = Math.sqrt(diagonal);
            int row = rank * n;
            for (int j = 0; j < n; j++) {
                factor[row + j] = rest[pivot * n + j] / root;
            }
            for (int i = 0; i < n; i++) {
                Dense.addScaled(rest, i * n, -factor[row + i], factor, row, n);
            }
            // Exactly zero from here on, so that no later row brings the pivot's rounding error back.
            for (int j = 0; j < n; j++) {
                rest[pivot * n + j] = 0;
                rest[j * n + pivot] = 0;
            }
        }
        return new Factor(Arrays.copyOf(factor, rank * n), rank);
    }

    private static double largestDiagonal(double[] matrix, int n) {
        int pivot = pivot(matrix, n);
        return matrix[pivot * n + pivot];
    }

    private static int pivot(double[] matrix, int n) {
        int best = 0;
        for (int i = 1; i < n; i++) {
            best = matrix[i * n + i] > matrix[best * n + best] ? i : best;
        }
        return best;
    }

    /**
     * All eigenvalues, in rising order: Householder's reduction to tridiagonal form, then implicit QL.
     *
     * @param matrix [n, n], symmetric; destroyed
     * @throws ArithmeticException if it holds a NaN or an infinity
     */
    static double[] eigenvalues(double[] matrix, int n) {
        var diagonal = new double[n];
        var beside = new double[n];
        tridiagonalise(matrix, n, diagonal, beside);
        implicitQl(diagonal, beside);
        Arrays.sort(diagonal);
        return diagonal;
    }

    /**
     * Reduces to {@code diagonal} and {@code beside} (element i couples i and i + 1). At step k the reflection
     * H = I - tau v v' zeroes column k below its subdiagonal; A - v w' - w v' with w = p - (tau/2)(p'v) v, p = tau A v.
     *
     * @see "Golub and Van Loan, Matrix Computations, 4th ed., algorithm 8.3.1"
     */
    private static void tridiagonalise(double[] a, int n, double[] diagonal, double[] beside) {
        var v = new double[n];
        var w = new double[n];
        for (int k = 0; k + 1 < n; k++) {
            diagonal[k] = a[k * n + k];
            int rest = n - k - 1;
            System.arraycopy(a, k * n + k + 1, v, k + 1, rest);
            double tau = reflector(v, k + 1, n, beside, k);
            if (tau == 0) {
                continue;
            }
            Arrays.fill(w, k + 1, n, 0);
            for (int i = k + 1; i < n; i++) {
                Dense.addScaled(w, k + 1, tau * v[i], a, i * n + k + 1, rest);
            }
            double half = 0.5 * tau * Dense.dot(w, k + 1, v, k + 1, rest);
            Dense.addScaled(w, k + 1, -half, v, k + 1, rest);
            for (int i = k + 1; i < n; i++) {
                rankTwo(a, i * n, v[i], w, w[i], v, k + 1, n);
            }
        }
        diagonal[n - 1] = a[n * n - 1];
    }

    private static void rankTwo(double[] a, int row, double vi, double[] w, double wi, double[] v, int from, int to) {
        for (int j = from; j < to; j++) {
            a[row + j] -= vi * w[j] + wi * v[j];
        }
    }

    /** Turns x = v[from..to) into the reflector's v with v[from] = 1; stores what x becomes; returns tau. */
    private static double reflector(double[] v, int from, int to, double[] beside, int k) {
        double scale = 0;
        for (int i = from; i < to; i++) {
            scale = Math.max(scale, Math.abs(v[i]));
        }
        if (scale == 0) {
            beside[k] = 0;
            return 0;
        }
        for (int i = from; i < to; i++) {
            v[i] /= scale;
        }
        double norm = Math.sqrt(Dense.dot(v, from, v, from, to - from));
        double head = v[from];
        double alpha = head > 0 ? -norm : norm;
        beside[k] = alpha * scale;
        for (int i = from + 1; i < to; i++) {
            v[i] /= head - alpha;
        }
        v[from] = 1;
        return (alpha - head) / alpha;
    }

    /**
     * Eigenvalues of a tridiagonal matrix by QL with Wilkinson's shift; they replace the diagonal.
     *
     * @see "Parlett, The Symmetric Eigenvalue Problem, chapter 8"
     */
    private static void implicitQl(double[] d, double[] e) {
        int n = d.length;
        for (int low = 0; low < n; low++) {
            for (int iteration = 0, end; (end = firstSmall(d, e, low)) > low; iteration++) {
                if (iteration == MOST_ITERATIONS) {
                    throw new ArithmeticException("eigenvalues do not converge; is a feature not finite?");
                }
                sweep(d, e, low, end);
            }
        }
    }

    /** The first index from {@code low} on whose coupling to the next is negligible. */
    private static int firstSmall(double[] d, double[] e, int low) {
        int i = low;
        while (i + 1 < d.length && !(Math.abs(e[i]) <= Math.ulp(1.0) * (Math.abs(d[i]) + Math.abs(d[i + 1])) / 2)) {
            i++;
        }
        return i;
    }

    /** One implicit QL step on the block low..end: a bulge is chased upwards from its end. */
    private static void sweep(double[] d, double[] e, int low, int end) {
        double g = (d[low + 1] - d[low]) / (2 * e[low]);
        double r = Math.hypot(g, 1);
        g = d[end] - d[low] + e[low] / (g + Math.copySign(r, g));
        double sine = 1;
        double cosine = 1;
        double shift = 0;
        for (int i = end - 1; i >= low; i--) {
            double f = sine * e[i];
            double b = cosine * e[i];
            r = Math.hypot(f, g);
            e[i + 1] = r;
            if (r == 0) {
                d[i + 1] -= shift;
                e[end] = 0;
                return;
            }
            sine = f / r;
            cosine = g / r;
            g = d[i + 1] - shift;
            r = (d[i] - g) * sine + 2 * cosine * b;
            shift = sine * r;
            d[i + 1] = g + shift;
            g = cosine * r - b;
        }
        d[low] -= shift;
        e[low] = g;
        e[end] = 0;
    }
}
