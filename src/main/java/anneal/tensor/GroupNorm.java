package anneal.tensor;

import anneal.kernel.Activation;
import anneal.kernel.Prologue;
import anneal.kernel.Resample;
import anneal.kernel.Shape;

/**
 * Group normalisation (Wu and He, 2018), optionally adaptive (AdaGN: "Diffusion Models Beat GANs", section 3, eq. for
 * y = y_s GroupNorm(h) + y_b with y_s = 1 + scale), with SiLU and a resolution change in the same pass.
 */
public record GroupNorm(NormOptions options) implements Op {
    /** Plain GroupNorm of x [N, H, W, C]; gamma, beta [C] or null. */
    public static Tensor groupNorm(Tensor x, int groups, double eps, Tensor gamma, Tensor beta) {
        return groupNorm(x, new NormOptions(groups, eps, Activation.NONE, Resample.NONE), gamma, beta, null);
    }

    /**
     * @param x          [N, H, W, C]
     * @param gamma      [C] or null
     * @param beta       [C] or null
     * @param scaleShift [N, 2C]: scale, then shift; or null
     */
    public static Tensor groupNorm(Tensor x, NormOptions options, Tensor gamma, Tensor beta, Tensor scaleShift) {
        checkArguments(x, options, scaleShift);
        return Op.apply(new GroupNorm(options), x, gamma, beta, scaleShift);
    }

    /** LayerNorm over the last axis: a group norm of single pixels with one group. */
    public static Tensor layerNorm(Tensor x, double eps, Tensor gamma, Tensor beta) {
        Tensor rows = x.reshape(Math.toIntExact(x.shape().rows()), 1, 1, x.shape().last());
        return groupNorm(rows, 1, eps, gamma, beta).reshape(x.shape().toArray());
    }

    static void checkArguments(Tensor x, NormOptions options, Tensor scaleShift) {
        if (x.rank() != 4 || x.dim(3) % options.groups() != 0) {
            throw new IllegalArgumentException("group norm with " + options.groups() + " groups of an input "
                    + x.shape() + "; [N, H, W, C] with C a multiple of the groups is needed");
        }
        if (scaleShift != null && !scaleShift.shape().equals(Shape.of(x.dim(0), 2 * x.dim(3)))) {
            throw new IllegalArgumentException("scale and shift " + scaleShift.shape() + " for an input " + x.shape()
                    + "; [N, 2C] is needed");
        }
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        Tensor x = in[0];
        NormOptions.Statistics s = options.statistics(x);
        Tensor y = c.device().empty(x.dtype(), Resampling.resampled(x.shape(), options.resample()));
        c.lowering().norm(options.prologue(s, in[1], in[2], in[3]).measuring(options.eps()), x.buf(), y.buf());
        c.save(x, s.mean(), s.rstd(), in[1], in[2], in[3]);
        return y;
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        NormOptions.Statistics s = new NormOptions.Statistics(c.saved(1), c.saved(2));
        Prologue p = options.prologue(s, c.saved(3), c.saved(4), c.saved(5));
        boolean[] wanted = {c.needs(0), c.needs(1), c.needs(2), c.needs(3)};
        return options.backward(p, c.saved(0), g, wanted, c.inputShape(1), c.inputShape(2), c.inputShape(3));
    }
}
