package anneal.tensor;

import anneal.kernel.DType;

/** The same numbers in another floating type, rounded to nearest; the gradient goes back in the input's type. */
record Cast(DType to) implements Op {
    static Tensor cast(Tensor x, DType to) {
        return Op.apply(new Cast(to), x);
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        Tensor y = c.device().empty(to, in[0].shape());
        c.kernels().copy(Strided.fromRegion(in[0].buf(), 0, y.buf()), in[0].buf(), y.buf());
        return y;
    }

    /** As it is: a {@link Tape} keeps every gradient in the type of what it belongs to. */
    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        return new Tensor[] {g};
    }
}
