package anneal.tensor;

import anneal.kernel.Shape;

/** Zeros before and after one axis. */
public record Pad(int axis, int before, int after) implements Op {
    public static Tensor pad(Tensor x, int axis, int before, int after) {
        if (before < 0 || after < 0) {
            throw new IllegalArgumentException("negative padding " + before + ", " + after);
        }
        return Op.apply(new Pad(x.shape().axis(axis), before, after), x);
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        Shape s = in[0].shape();
        Tensor y = c.device().zeros(in[0].dtype(), s.with(axis, before + s.dim(axis) + after));
        c.kernels().copy(Strided.intoRegion(in[0].buf(), y.buf(), before * y.shape().strides()[axis]),
                in[0].buf(), y.buf());
        return y;
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        Tensor dx = c.device().empty(g.dtype(), c.inputShape(0));
        c.kernels().copy(Strided.fromRegion(g.buf(), before * Strided.strides(g.buf())[axis], dx.buf()),
                g.buf(), dx.buf());
        return new Tensor[] {dx};
    }
}
