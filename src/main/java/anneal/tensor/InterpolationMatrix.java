package anneal.tensor;

import anneal.tensor.Resize.Method;

/** Weights [m, n], row major, that resample a line of n samples to m: the definitions of torch.nn.functional.interpolate. */
final class InterpolationMatrix {
    private InterpolationMatrix() {
    }

    static double[] of(int n, int m, Method method, boolean antialias) {
        double[] w = new double[Math.multiplyExact(n, m)];
        double s = (double) n / m;
        for (int i = 0; i < m; i++) {
            switch (method) {
                case NEAREST -> w[i * n + Math.min(n - 1, (int) Math.floor(i * s))] = 1;
                case AREA -> area(w, i * n, i, n, m);
                case BILINEAR, BICUBIC -> {
                    if (antialias) {
                        antialiased(w, i * n, i, n, s, method);
                    } else {
                        interpolated(w, i * n, i, n, s, method);
                    }
                }
            }
        }
        return w;
    }

    /** Mean of the samples floor(i n/m) .. ceil((i+1) n/m) - 1. */
    private static void area(double[] w, int row, int i, int n, int m) {
        int from = (int) ((long) i * n / m);
        int to = (int) (((long) (i + 1) * n + m - 1) / m);
        for (int k = from; k < to; k++) {
            w[row + k] = 1.0 / (to - from);
        }
    }

    private static void interpolated(double[] w, int row, int i, int n, double s, Method method) {
        double centre = (i + 0.5) * s - 0.5;
        boolean linear = method == Method.BILINEAR;
        if (linear) {
            centre = Math.max(0, centre);
        }
        int first = (int) Math.floor(centre) - (linear ? 0 : 1);
        int taps = linear ? 2 : 4;
        for (int k = first; k < first + taps; k++) {
            double weight = linear ? triangle(centre - k) : cubic(centre - k, -0.75);
            w[row + Math.max(0, Math.min(n - 1, k))] += weight;
        }
    }

    private static void antialiased(double[] w, int row, int i, int n, double s, Method method) {
        double f = Math.max(s, 1);
        double centre = (i + 0.5) * s;
        double radius = (method == Method.BILINEAR ? 1 : 2) * f;
        int from = Math.max(0, (int) (centre - radius + 0.5));
        int to = Math.min(n, (int) (centre + radius + 0.5));
        double sum = 0;
        for (int k = from; k < to; k++) {
            double u = (k - centre + 0.5) / f;
            w[row + k] = method == Method.BILINEAR ? triangle(u) : cubic(u, -0.5);
            sum += w[row + k];
        }
        for (int k = from; k < to; k++) {
            w[row + k] /= sum;
        }
    }

    private static double triangle(double u) {
        return Math.max(0, 1 - Math.abs(u));
    }

    /** The Keys kernel with parameter a. */
    private static double cubic(double u, double a) {
        double x = Math.abs(u);
        if (x < 1) {
            return ((a + 2) * x - (a + 3)) * x * x + 1;
        }
        return x < 2 ? a * (((x - 5) * x + 8) * x - 4) : 0;
    }
}
