package anneal.tensor;

/** Entries from..to-1 of the last axis, as a view. */
record Columns(int from, int to) implements Op {
    static Tensor columns(Tensor x, int from, int to) {
        return Op.apply(new Columns(from, to), x);
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        return c.device().view(in[0].buf().columns(from, to));
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        Tensor dx = c.device().zeros(g.dtype(), c.inputShape(0));
        c.kernels().copy(Strided.intoRegion(g.buf(), dx.buf(), from), g.buf(), dx.buf());
        return new Tensor[] {dx};
    }
}
