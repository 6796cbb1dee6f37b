package anneal.tensor;

import anneal.kernel.ConvSpec;
import anneal.kernel.ConvSpec.Mode;
import anneal.kernel.Epilogue;
import anneal.kernel.MapOp;
import anneal.kernel.Prologue;
import anneal.kernel.Shape;

/** Transposed two-dimensional convolution: the data gradient of a convolution, as a layer that enlarges. */
public record ConvTranspose2d(int stride, int padding) implements Op {
    /**
     * @param x [N, H, W, inC]
     * @param w [inC, kH, kW, outC]
     * @param b [outC] or null
     * @return [N, (H - 1) stride - 2 padding + kH, .., outC]
     */
    public static Tensor convTranspose2d(Tensor x, Tensor w, Tensor b, int stride, int padding) {
        if (x.rank() != 4 || w.rank() != 4 || x.dim(3) != w.dim(0)) {
            throw new IllegalArgumentException("transposed convolution of " + x.shape() + " with a weight " + w.shape()
                    + "; [N, H, W, C] and [C, kH, kW, outC] are needed");
        }
        return Op.apply(new ConvTranspose2d(stride, padding), x, w, b);
    }

    /** The convolution that goes the other way: it takes this operation's results and gives its inputs. */
    private ConvSpec spec(Mode mode, Shape x, Shape w) {
        return new ConvSpec(mode, x.dim(0), extent(x.dim(1), w.dim(1)), extent(x.dim(2), w.dim(2)), w.dim(3), w.dim(0),
                w.dim(1), w.dim(2), stride, padding);
    }

    private int extent(int of, int kernel) {
        return (of - 1) * stride - 2 * padding + kernel;
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        ConvSpec s = spec(Mode.DATA_GRADIENT, in[0].shape(), in[1].shape());
        Tensor y = c.device().empty(in[0].dtype(), Shape.of(s.n(), s.inH(), s.inW(), s.inC()));
        c.lowering().conv(s, Prologue.NONE, y.buf(), in[1].buf(), Epilogue.NONE, in[0].buf());
        if (in[2] != null) {
            c.kernels().map(MapOp.of(MapOp.Fn.ADD), y.buf(), y.buf(), in[2].buf());
        }
        c.save(c.needs(1) ? in[0] : null, c.needs(0) ? in[1] : null);
        return y;
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        Shape x = c.inputShape(0);
        Shape w = c.inputShape(1);
        Tensor[] out = new Tensor[c.inputCount()];
        if (c.needs(0)) {
            out[0] = c.device().empty(g.dtype(), x);
            c.lowering().conv(spec(Mode.FORWARD, x, w), Prologue.NONE, g.buf(), c.saved(1).buf(),
                    Epilogue.NONE, out[0].buf());
        }
        if (c.needs(1)) {
            out[1] = c.device().empty(w);
            c.lowering().conv(spec(Mode.WEIGHT_GRADIENT, x, w), Prologue.NONE, g.buf(), out[1].buf(),
                    Epilogue.NONE, c.saved(0).buf());
        }
        if (c.needs(2)) {
            out[2] = Reduction.wideSum(g, c.inputShape(2), 0, 1, 2);
        }
        return out;
    }
}
