package anneal.tensor;

import anneal.kernel.Shape;

/** Tensors one after another along an axis. */
public record Concat(int axis) implements Op {
    public static Tensor concat(int axis, Tensor... parts) {
        int a = parts[0].shape().axis(axis);
        for (Tensor t : parts) {
            if (t.rank() != parts[0].rank() || !t.shape().with(a, 1).equals(parts[0].shape().with(a, 1))) {
                throw new IllegalArgumentException("concatenation of " + parts[0].shape() + " and " + t.shape()
                        + " along axis " + axis);
            }
        }
        return Op.apply(new Concat(a), parts);
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        int extent = 0;
        for (Tensor t : in) {
            extent += t.dim(axis);
        }
        Tensor y = c.device().empty(in[0].dtype(), in[0].shape().with(axis, extent));
        long stride = y.shape().strides()[axis];
        int at = 0;
        for (Tensor t : in) {
            c.kernels().copy(Strided.intoRegion(t.buf(), y.buf(), at * stride), t.buf(), y.buf());
            at += t.dim(axis);
        }
        return y;
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        Tensor[] out = new Tensor[c.inputCount()];
        int at = 0;
        for (int i = 0; i < out.length; i++) {
            Shape shape = c.inputShape(i);
            int extent = shape.dim(axis);
            if (c.needs(i)) {
                out[i] = axis == g.rank() - 1 ? c.device().view(g.buf().columns(at, at + extent)) : part(c, g, shape, at);
            }
            at += extent;
        }
        return out;
    }

    private Tensor part(OpContext c, Tensor g, Shape shape, int at) {
        Tensor dx = c.device().empty(g.dtype(), shape);
        c.kernels().copy(Strided.fromRegion(g.buf(), at * Strided.strides(g.buf())[axis], dx.buf()), g.buf(), dx.buf());
        return dx;
    }
}
