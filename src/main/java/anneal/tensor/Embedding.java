package anneal.tensor;

import anneal.kernel.Shape;

/** Rows of a table by index; repeated indices accumulate in the gradient. */
public record Embedding() implements Op {
    /**
     * @param table [V, C]
     * @param index I32 [N], each in 0..V-1
     * @return [N, C]
     */
    public static Tensor embedding(Tensor table, Tensor index) {
        return Op.apply(new Embedding(), table, index);
    }

    /** Rows with a 1 at {@code index} and 0 elsewhere: [N, classes]. */
    public static Tensor oneHot(Tensor index, int classes) {
        Tensor out = index.device().empty(Shape.of(index.dim(0), classes));
        index.device().kernels().oneHot(index.buf(), out.buf());
        return out;
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        Tensor y = c.device().empty(in[0].dtype(), Shape.of(in[1].dim(0), in[0].dim(1)));
        c.kernels().gather(in[0].buf(), in[1].buf(), y.buf());
        c.save(in[1]);
        return y;
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        Tensor table = c.device().zeros(c.inputShape(0));
        c.kernels().scatterAdd(c.saved(0).buf(), g.buf(), table.buf());
        return new Tensor[] {table, null};
    }
}
