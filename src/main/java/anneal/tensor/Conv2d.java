package anneal.tensor;

import anneal.kernel.Activation;
import anneal.kernel.ConvSpec;
import anneal.kernel.ConvSpec.Mode;
import anneal.kernel.Epilogue;
import anneal.kernel.Prologue;
import anneal.kernel.ReduceOp;
import anneal.kernel.Resample;
import anneal.kernel.Shape;

/**
 * Two-dimensional convolution, with everything that surrounds one in a residual block: normalisation, AdaGN, SiLU and
 * resampling of its input, and the bias, the per-sample addition and the residual of its output. One operation, because
 * an eager tape cannot find the fusion: it saves x and its statistics, never the normalised image.
 *
 * @param norm what is done to x first, or null for nothing
 */
public record Conv2d(int stride, int padding, NormOptions norm) implements Op {
    private static final int X = 0;
    private static final int W = 1;
    private static final int BIAS = 2;
    private static final int GAMMA = 3;
    private static final int BETA = 4;
    private static final int SCALE_SHIFT = 5;
    private static final int ROW_ADD = 6;
    private static final int RESIDUAL = 7;

    /**
     * A plain convolution.
     *
     * @param x [N, H, W, inC]
     * @param w [outC, kH, kW, inC]
     * @param b [outC] or null
     * @return [N, (H + 2 padding - kH)/stride + 1, .., outC]
     */
    public static Tensor conv2d(Tensor x, Tensor w, Tensor b, int stride, int padding) {
        return conv2d(x, w, b, stride, padding, null);
    }

    /** A plain convolution plus {@code residual} (of the result's shape, or null). */
    public static Tensor conv2d(Tensor x, Tensor w, Tensor b, int stride, int padding, Tensor residual) {
        checkWeight(x, w);
        return Op.apply(new Conv2d(stride, padding, null), x, w, b, null, null, null, null, residual);
    }

    /**
     * Convolution of {@code resample(act(GroupNorm(x) * (1 + scale) + shift))}, stride 1.
     *
     * @param gamma      [inC] or null
     * @param beta       [inC] or null
     * @param scaleShift [N, 2 inC] or null
     * @param rowAdd     [N, outC] added to every pixel of a sample, or null
     * @param residual   of the result's shape, or null
     */
    public static Tensor normConv2d(Tensor x, NormOptions norm, Tensor gamma, Tensor beta, Tensor scaleShift,
                                    Tensor w, Tensor b, int padding, Tensor rowAdd, Tensor residual) {
        checkWeight(x, w);
        GroupNorm.checkArguments(x, norm, scaleShift);
        return Op.apply(new Conv2d(1, padding, norm), x, w, b, gamma, beta, scaleShift, rowAdd, residual);
    }

    private static void checkWeight(Tensor x, Tensor w) {
        if (x.rank() != 4 || w.rank() != 4 || x.dim(3) != w.dim(3)) {
            throw new IllegalArgumentException("convolution of " + x.shape() + " with a weight " + w.shape()
                    + "; [N, H, W, C] and [outC, kH, kW, C] are needed");
        }
    }

    private ConvSpec spec(Mode mode, Shape x, Shape w) {
        Resample r = norm == null ? Resample.NONE : norm.resample();
        return new ConvSpec(mode, x.dim(0), r.apply(x.dim(1)), r.apply(x.dim(2)), x.dim(3),
                w.dim(0), w.dim(1), w.dim(2), stride, padding);
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        Tensor x = in[X];
        Prologue p = Prologue.NONE;
        NormOptions.Statistics s = null;
        if (norm != null) {
            s = norm.statistics(x);
            p = norm.prologue(s, in[GAMMA], in[BETA], in[SCALE_SHIFT]).measuring(norm.eps());
        }
        ConvSpec spec = spec(Mode.FORWARD, x.shape(), in[W].shape());
        Tensor y = c.device().empty(x.dtype(), Shape.of(spec.n(), spec.outH(), spec.outW(), spec.outC()));
        Epilogue e = new Epilogue(NormOptions.bufOf(in[BIAS]), NormOptions.bufOf(in[ROW_ADD]),
                NormOptions.bufOf(in[RESIDUAL]), 1, 0, Activation.NONE);
        c.lowering().conv(spec, p, x.buf(), in[W].buf(), e, y.buf());
        boolean needsX = c.needsAny(X, W, GAMMA, BETA, SCALE_SHIFT);
        c.save(needsX ? x : null, c.needsAny(X, GAMMA, BETA, SCALE_SHIFT) ? in[W] : null);
        if (s != null) {
            c.save(s.mean(), s.rstd(), in[GAMMA], in[BETA], in[SCALE_SHIFT]);
        }
        return y;
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        Tensor[] out = new Tensor[c.inputCount()];
        Prologue p = prologue(c);
        if (c.needs(W)) {
            out[W] = c.device().empty(c.inputShape(W));
            c.lowering().conv(spec(Mode.WEIGHT_GRADIENT, c.inputShape(X), c.inputShape(W)), p, c.saved(0).buf(),
                    out[W].buf(), Epilogue.NONE, g.buf());
        }
        if (c.needs(BIAS)) {
            out[BIAS] = Reduction.wideSum(g, c.inputShape(BIAS), 0, 1, 2);
        }
        if (c.needs(ROW_ADD)) {
            out[ROW_ADD] = Reduction.wideSum(g, c.inputShape(ROW_ADD), 1, 2);
        }
        if (c.needs(RESIDUAL)) {
            out[RESIDUAL] = g;
        }
        if (c.needsAny(X, GAMMA, BETA, SCALE_SHIFT)) {
            inputGradients(c, p, g, out);
        }
        return out;
    }

    private Prologue prologue(OpContext c) {
        if (norm == null) {
            return Prologue.NONE;
        }
        NormOptions.Statistics s = new NormOptions.Statistics(c.saved(2), c.saved(3));
        return norm.prologue(s, c.saved(4), c.saved(5), c.saved(6));
    }

    private void inputGradients(OpContext c, Prologue p, Tensor g, Tensor[] out) {
        ConvSpec spec = spec(Mode.DATA_GRADIENT, c.inputShape(X), c.inputShape(W));
        Tensor seen = c.device().empty(g.dtype(), Shape.of(spec.n(), spec.inH(), spec.inW(), spec.inC()));
        c.lowering().conv(spec, Prologue.NONE, seen.buf(), c.saved(1).buf(), Epilogue.NONE, g.buf());
        if (norm == null) {
            out[X] = seen;
            return;
        }
        boolean[] wanted = {c.needs(X), c.needs(GAMMA), c.needs(BETA), c.needs(SCALE_SHIFT)};
        Tensor[] grads = norm.backward(p, c.saved(0), seen, wanted, c.inputShape(GAMMA), c.inputShape(BETA),
                c.inputShape(SCALE_SHIFT));
        out[X] = grads[0];
        out[GAMMA] = grads[1];
        out[BETA] = grads[2];
        out[SCALE_SHIFT] = grads[3];
    }
}
