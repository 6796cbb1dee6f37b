package anneal.metric;

/** The factorisation S = L L' of a positive definite matrix. */
final class Cholesky {
    private Cholesky() {
    }

    /**
     * The lower factor [n, n], row-major.
     *
     * @param matrix holds S from {@code from} on
     * @throws ArithmeticException if S is not positive definite
     */
    static double[] factor(double[] matrix, int from, int n) {
        var l = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double rest = matrix[from + i * n + j] - Dense.dot(l, i * n, l, j * n, j);
                if (i != j) {
                    l[i * n + j] = rest / l[j * n + j];
                } else if (rest > 0) {
                    l[i * n + i] = Math.sqrt(rest);
                } else {
                    throw new ArithmeticException("a covariance that is not positive definite");
                }
            }
        }
        return l;
    }
}
