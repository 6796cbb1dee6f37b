package anneal.diffusion.cold;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Linear maps of a line of samples as matrices on the host, float64, row major. An image transform that is separable is
 * such a map along its columns and the same along its rows.
 */
final class LineMaps {
    /** What lies beyond the ends of a line. */
    enum Padding { CIRCULAR, REFLECT, ZERO }

    private LineMaps() {
    }

    static double[] identity(int n) {
        var m = new double[n * n];
        for (int i = 0; i < n; i++) {
            m[i * n + i] = 1;
        }
        return m;
    }

    /** Every sample becomes the mean. */
    static double[] mean(int n) {
        var m = new double[n * n];
        Arrays.fill(m, 1.0 / n);
        return m;
    }

    /**
     * [m, k] times [k, n].
     *
     * @param k number of columns of a and of rows of b
     */
    static double[] product(double[] a, double[] b, int k) {
        int m = a.length / k;
        int n = b.length / k;
        var c = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < k; j++) {
                double factor = a[i * k + j];
                for (int x = 0; factor != 0 && x < n; x++) {
                    c[i * n + x] += factor * b[j * n + x];
                }
            }
        }
        return c;
    }

    /**
     * Cross-correlation with an odd number of taps, the same size out.
     *
     * @throws IllegalArgumentException if the padding is longer than the line can give
     */
    static double[] convolution(int n, double[] taps, Padding padding) {
        int half = taps.length / 2;
        boolean fits = switch (padding) {
            case CIRCULAR -> half <= n;
            case REFLECT -> half < n;
            case ZERO -> true;
        };
        if (!fits) {
            throw new IllegalArgumentException("a kernel of %d taps with %s padding does not fit images of %d pixels"
                    .formatted(taps.length, padding.name().toLowerCase(Locale.ROOT), n));
        }
        var m = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < taps.length; j++) {
                int at = i + j - half;
                int from = switch (padding) {
                    case CIRCULAR -> Math.floorMod(at, n);
                    case REFLECT -> at < 0 ? -at : at >= n ? 2 * (n - 1) - at : at;
                    case ZERO -> at < n ? at : -1;
                };
                if (from >= 0) {
                    m[i * n + from] += taps[j];
                }
            }
        }
        return m;
    }

    /** Enlargement by the sample at floor((i + 1/2) from/to), [to, from]. */
    static double[] nearestExact(int from, int to) {
        var m = new double[to * from];
        for (int i = 0; i < to; i++) {
            int at = (int) ((2L * i + 1) * from / (2L * to));
            m[i * from + at] = 1;
        }
        return m;
    }

    /** The identity, then the first step, then the first two steps, and so on. */
    static double[][] accumulated(int n, List<double[]> steps) {
        var all = new double[steps.size() + 1][];
        all[0] = identity(n);
        for (int i = 0; i < steps.size(); i++) {
            all[i + 1] = product(steps.get(i), all[i], n);
        }
        return all;
    }

    /** Gaussian taps exp(-(i - floor(k/2))^2 / (2 sigma^2)), divided by their sum. */
    static double[] gaussian(int k, double sigma) {
        if (k < 1 || k % 2 == 0 || !(sigma > 0)) {
            throw new IllegalArgumentException("a Gaussian kernel needs an odd number of taps and a positive deviation,"
                    + " got " + k + " taps and deviation " + sigma);
        }
        var taps = new double[k];
        double sum = 0;
        for (int i = 0; i < k; i++) {
            double d = i - k / 2;
            taps[i] = StrictMath.exp(-d * d / (2 * sigma * sigma));
            sum += taps[i];
        }
        for (int i = 0; i < k; i++) {
            taps[i] /= sum;
        }
        return taps;
    }
}
