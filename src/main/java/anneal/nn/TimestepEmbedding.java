package anneal.nn;

import anneal.tensor.Concat;
import anneal.tensor.Device;
import anneal.tensor.Pad;
import anneal.tensor.Tensor;

/**
 * Sinusoidal embedding of timesteps and the two-layer network behind it: what every residual block hears of t.
 */
public final class TimestepEmbedding extends Module {
    private static final double MAX_PERIOD = 10000;

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
        var frequencies = frequencies(dim, MAX_PERIOD);
        coarse = constant(Sinusoids.coarse(frequencies), dim / 2);
        fine = constant(Sinusoids.fine(frequencies), dim / 2);
        first = child("0", new Linear(dim, width));
        second = child("2", new Linear(width, width));
    }

    /**
     * @param t [N], I32 or floating (fractions are allowed)
     * @return [N, width]
     */
    public Tensor forward(Tensor t) {
        return scoped(in -> {
            var angles = angles(in[0], coarse.tensor(), fine.tensor(), dim);
            return second.forward(first.forward(angles.toFloating()).silu());
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
            var frequencies = frequencies(dim, maxPeriod);
            var high = device.of(Sinusoids.coarse(frequencies), frequencies.length);
            var low = device.of(Sinusoids.fine(frequencies), frequencies.length);
            return scope.escape(angles(t, high, low, dim));
        }
    }

    private static double[] frequencies(int dim, double maxPeriod) {
        if (dim < 2) {
            throw new IllegalArgumentException("timestep embedding of width " + dim + "; at least 2 is needed");
        }
        return Sinusoids.frequencies(dim / 2, maxPeriod, dim / 2);
    }

    private static Tensor angles(Tensor t, Tensor coarse, Tensor fine, int dim) {
        var s = Sinusoids.of(t, coarse, fine);
        var both = Concat.concat(1, s.cos(), s.sin());
        return dim % 2 == 0 ? both : Pad.pad(both, 1, 0, 1);
    }
}
