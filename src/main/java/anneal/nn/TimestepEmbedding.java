package anneal.nn;

import anneal.tensor.Concat;
import anneal.tensor.Device;
import anneal.tensor.Pad;
import anneal.tensor.Tensor;

/**
 * Sinusoidal embedding of timesteps and the two-layer network behind it: what every residual block hears of t.
 *
 * <p>The angle t f_k, up to 1000 radians, loses 1e-4 in float32. So each frequency is split into a coarse part of 11
 * bits, whose product with a timestep is exact, and the small rest; the sum's sine and cosine follow from the parts'.
 */
public final class TimestepEmbedding extends Module {
    private static final double MAX_PERIOD = 10000;
    private static final int COARSE_BITS = 11;

    private final int dim;
    private final Constant coarse;
    private final Constant fine;
    private final Linear first;
    private final Linear second;

    /**
     * @param dim   width of the sinusoidal embedding
     * @param width of the result
     */
    public TimestepEmbedding(int dim, int width) {
        this.dim = dim;
        coarse = constant(coarse(dim, MAX_PERIOD), dim / 2);
        fine = constant(fine(dim, MAX_PERIOD), dim / 2);
        first = child("0", new Linear(dim, width));
        second = child("2", new Linear(width, width));
    }

    /**
     * @param t [N], I32 or floating (fractions are allowed)
     * @return [N, width]
     */
    public Tensor forward(Tensor t) {
        return scoped(in -> {
            var angles = sinusoids(in[0], coarse.tensor(), fine.tensor(), dim);
            return second.forward(first.forward(angles).silu());
        }, t);
    }

    /**
     * [cos(t f_0), .., sin(t f_0), ..] with f_k = maxPeriod^(-k/(dim/2)), and a zero column if {@code dim} is odd
     * (guided-diffusion, nn.py, timestep_embedding).
     *
     * @param t [N]
     * @return [N, dim]
     */
    public static Tensor sinusoidal(Tensor t, int dim, double maxPeriod) {
        Device device = t.device();
        try (var scope = device.scope()) {
            var high = device.of(coarse(dim, maxPeriod), dim / 2);
            var low = device.of(fine(dim, maxPeriod), dim / 2);
            return scope.escape(sinusoids(t, high, low, dim));
        }
    }

    private static Tensor sinusoids(Tensor t, Tensor coarse, Tensor fine, int dim) {
        if (t.rank() != 1) {
            throw new IllegalArgumentException("timesteps of shape " + t.shape() + "; [N] is needed");
        }
        var column = t.toFloating().reshape(t.dim(0), 1);
        var a = column.mul(coarse);
        var b = column.mul(fine);
        var sinA = a.sin();
        var cosA = a.cos();
        var sinB = b.sin();
        var cosB = b.cos();
        var cos = cosA.mul(cosB).sub(sinA.mul(sinB));
        var sin = sinA.mul(cosB).add(cosA.mul(sinB));
        var both = Concat.concat(1, cos, sin);
        return dim % 2 == 0 ? both : Pad.pad(both, 1, 0, 1);
    }

    private static double[] frequencies(int dim, double maxPeriod) {
        if (dim < 2) {
            throw new IllegalArgumentException("timestep embedding of width " + dim + "; at least 2 is needed");
        }
        int half = dim / 2;
        var f = new double[half];
        for (int k = 0; k < half; k++) {
            f[k] = StrictMath.exp(-StrictMath.log(maxPeriod) * k / half);
        }
        return f;
    }

    private static double[] coarse(int dim, double maxPeriod) {
        var f = frequencies(dim, maxPeriod);
        for (int k = 0; k < f.length; k++) {
            int shift = COARSE_BITS - 1 - Math.getExponent(f[k]);
            f[k] = Math.scalb(Math.rint(Math.scalb(f[k], shift)), -shift);
        }
        return f;
    }

    private static double[] fine(int dim, double maxPeriod) {
        var f = frequencies(dim, maxPeriod);
        var high = coarse(dim, maxPeriod);
        for (int k = 0; k < f.length; k++) {
            f[k] -= high[k];
        }
        return f;
    }
}
