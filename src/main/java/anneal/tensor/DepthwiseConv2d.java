package anneal.tensor;

import anneal.kernel.Activation;
import anneal.kernel.ConvSpec.Mode;
import anneal.kernel.DepthwiseSpec;
import anneal.kernel.Epilogue;
import anneal.kernel.Shape;

/** Two-dimensional convolution of each channel with a kernel of its own, stride 1; bias and per-sample addition too. */
public record DepthwiseConv2d(int padding) implements Op {
    private static final int X = 0;
    private static final int W = 1;
    private static final int BIAS = 2;
    private static final int ROW_ADD = 3;

    /**
     * @param x       [N, H, W, C]
     * @param w       [kH, kW, C]
     * @param b       [C] or null
     * @param padding zeros on every side, less than the kernel's extents
     * @param rowAdd  [N, C] added to every pixel of a sample, or null
     * @return [N, H + 2 padding - kH + 1, .., C]
     */
    public static Tensor depthwiseConv2d(Tensor x, Tensor w, Tensor b, int padding, Tensor rowAdd) {
        if (x.rank() != 4 || w.rank() != 3 || x.dim(3) != w.dim(2)) {
            throw new IllegalArgumentException("depthwise convolution of " + x.shape() + " with a weight " + w.shape()
                    + "; [N, H, W, C] and [kH, kW, C] are needed");
        }
        return Op.apply(new DepthwiseConv2d(padding), x, w, b, rowAdd);
    }

    private DepthwiseSpec spec(Mode mode, Shape x, Shape w) {
        return new DepthwiseSpec(mode, x.dim(0), x.dim(1), x.dim(2), x.dim(3), w.dim(0), w.dim(1), padding);
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        DepthwiseSpec s = spec(Mode.FORWARD, in[X].shape(), in[W].shape());
        Tensor y = c.device().empty(in[X].dtype(), Shape.of(s.n(), s.outH(), s.outW(), s.channels()));
        Epilogue e = new Epilogue(NormOptions.bufOf(in[BIAS]), NormOptions.bufOf(in[ROW_ADD]), null, 1, 0,
                Activation.NONE);
        c.lowering().depthwise(s, in[X].buf(), in[W].buf(), e, y.buf());
        c.save(c.needs(W) ? in[X] : null, c.needs(X) ? in[W] : null);
        return y;
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        Shape x = c.inputShape(X);
        Shape w = c.inputShape(W);
        Tensor[] out = new Tensor[c.inputCount()];
        if (c.needs(X)) {
            out[X] = c.device().empty(g.dtype(), x);
            c.lowering().depthwise(spec(Mode.DATA_GRADIENT, x, w), out[X].buf(), c.saved(1).buf(), Epilogue.NONE,
                    g.buf());
        }
        if (c.needs(W)) {
            out[W] = c.device().empty(w);
            c.lowering().depthwise(spec(Mode.WEIGHT_GRADIENT, x, w), c.saved(0).buf(), out[W].buf(), Epilogue.NONE,
                    g.buf());
        }
        if (c.needs(BIAS)) {
            out[BIAS] = Reduction.wideSum(g, c.inputShape(BIAS), 0, 1, 2);
        }
        if (c.needs(ROW_ADD)) {
            out[ROW_ADD] = Reduction.wideSum(g, c.inputShape(ROW_ADD), 1, 2);
        }
        return out;
    }
}
