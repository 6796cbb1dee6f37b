package anneal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.kernel.MapOp.Fn;
import anneal.kernel.reference.ReferenceBackend;

/** One-operand functions at zeros, tiny and huge numbers, where exponentials overflow, and at NaN. */
final class PointwiseEdges {
    private static final double[] X = {0, -0.0, 0x1p-40, -0x1p-40, 1e-3, -1e-3, 0.5, 1, -1, 3, -3, 8, -8, 20, -20, 87,
        -87, 89, -89, 110, -110, 1e4, -1e4, Double.NaN};
    /** Not sensible for sines, whose argument is only as exact as its rounding. */
    private static final double[] HUGE = {1e18, -1e18, 1e30, -1e30};
    private static final double[] INFINITE = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};

    private PointwiseEdges() {
    }

    static void compare(Fn fn, Backend device, double epsilon) {
        compare(fn, X, device, epsilon);
        switch (fn) {
            case SIN, COS -> { }
            case EXP, LOG, TANH, SIGMOID, ABS, SQRT, RECIPROCAL, RELU, CLAMP, LESS -> {
                compare(fn, HUGE, device, epsilon);
                compare(fn, INFINITE, device, epsilon);
            }
            default -> compare(fn, HUGE, device, epsilon);
        }
    }

    private static void compare(Fn fn, double[] x, Backend device, double epsilon) {
        try (var reference = new ReferenceBackend()) {
            var expected = run(fn, x, reference, device.floatType());
            var actual = run(fn, x, device, device.floatType());
            for (int i = 0; i < x.length; i++) {
                double e = device.floatType() == DType.F64 ? expected[i] : (float) expected[i];
                double allowed = 64 * epsilon * Math.abs(e) + absolute(fn, x[i], epsilon);
                if (Double.isFinite(e) && Math.abs(actual[i] - e) <= allowed) {
                    continue;
                }
                assertEquals(e, actual[i], fn + " of " + x[i]);
            }
        }
    }

    /** Tails of the cumulative distributions are differences from 1; sines and logarithms vanish; denormals may too. */
    private static double absolute(Fn fn, double x, double epsilon) {
        return switch (fn) {
            case GELU_ERF, GELU_TANH, GELU_QUICK, NORMAL_CDF -> 16 * epsilon * Math.max(1, Math.min(20, Math.abs(x)));
            case SIN, COS, LOG -> 16 * epsilon;
            default -> Float.MIN_NORMAL * Math.max(1, Math.min(200, Math.abs(x)));
        };
    }

    private static double[] run(Fn fn, double[] x, Backend device, DType rounding) {
        var f = fn == Fn.CLAMP ? MapOp.of(fn, -2, 5) : MapOp.of(fn, fn == Fn.POW ? 2 : 0.5, 1);
        try (var lab = new Lab(device, Lab.Mode.FUSED, rounding, 1)) {
            lab.kernels().map(f, lab.output(x.length), lab.holding(x.clone(), Shape.of(x.length)));
            return lab.results().getFirst();
        }
    }
}
