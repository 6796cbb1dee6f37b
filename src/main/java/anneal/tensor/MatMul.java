package anneal.tensor;

import anneal.kernel.DType;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import anneal.kernel.Shape;
import java.util.Arrays;

/** Matrix products over the last two axes; the leading (batch) axes broadcast. */
public record MatMul(boolean transA, boolean transB) implements Op {
    public static Tensor matmul(Tensor a, Tensor b) {
        return matmul(a, b, false, false);
    }

    /**
     * @param a [.., m, k], or [.., k, m] if {@code transA}
     * @param b [.., k, n], or [.., n, k] if {@code transB}
     * @return [.., m, n]
     */
    public static Tensor matmul(Tensor a, Tensor b, boolean transA, boolean transB) {
        int k = a.dim(transA ? -2 : -1);
        if (k != b.dim(transB ? -1 : -2)) {
            throw new IllegalArgumentException("matrix product of " + a.shape() + (transA ? " transposed" : "")
                    + " and " + b.shape() + (transB ? " transposed" : ""));
        }
        DType type = Binary.type(a, b);
        return Op.apply(new MatMul(transA, transB), a.as(type), b.as(type));
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        c.save(in[0], in[1]);
        return product(c, in[0], in[1], transA, transB);
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        Tensor a = c.saved(0);
        Tensor b = c.saved(1);
        Tensor da = null;
        if (c.needs(0)) {
            Tensor full = transA ? product(c, b, g, transB, true) : product(c, g, b, false, !transB);
            da = Reduction.sumTo(full, a.shape());
        }
        Tensor db = null;
        if (c.needs(1)) {
            Tensor full = transB ? product(c, g, a, true, transA) : product(c, a, g, !transA, false);
            db = Reduction.sumTo(full, b.shape());
        }
        return new Tensor[] {da, db};
    }

    private static Tensor product(OpContext c, Tensor a, Tensor b, boolean ta, boolean tb) {
        int m = a.dim(ta ? -1 : -2);
        int k = a.dim(ta ? -2 : -1);
        int n = b.dim(tb ? -2 : -1);
        Shape batchA = batch(a);
        Shape batchB = batch(b);
        Shape batch = Shape.broadcast(batchA, batchB);
        int[] dims = Arrays.copyOf(batch.toArray(), batch.rank() + 2);
        dims[dims.length - 2] = m;
        dims[dims.length - 1] = n;
        Tensor y = c.device().empty(a.dtype(), Shape.of(dims));
        Tensor left = spread(a, batchA, batch);
        Tensor right = spread(b, batchB, batch);
        int count = Math.toIntExact(batch.size());
        GemmSpec s = new GemmSpec(count, m, n, k, ta, tb, stride(left, batchA), stride(right, batchB), (long) m * n);
        c.lowering().gemm(s, left.buf(), right.buf(), Epilogue.NONE, y.buf());
        return y;
    }

    private static Shape batch(Tensor t) {
        return Shape.of(Arrays.copyOf(t.shape().toArray(), t.rank() - 2));
    }

    /** The operand itself if all entries of the batch use it or each has its own; else broadcast by a copy. */
    private static Tensor spread(Tensor t, Shape own, Shape batch) {
        if (own.size() == 1 || own.size() == batch.size()) {
            return t;
        }
        Tensor zero = t.device().zeros(t.dtype(), broadcastShape(t, batch));
        return zero.add(t);
    }

    private static Shape broadcastShape(Tensor t, Shape batch) {
        int[] dims = Arrays.copyOf(batch.toArray(), batch.rank() + 2);
        dims[dims.length - 2] = t.dim(-2);
        dims[dims.length - 1] = t.dim(-1);
        return Shape.of(dims);
    }

    private static long stride(Tensor t, Shape own) {
        return own.size() == 1 ? 0 : t.dim(-2) * t.buf().rowPitch();
    }
}
