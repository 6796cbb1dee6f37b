package anneal.tensor;

import anneal.kernel.Buf;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import anneal.kernel.MapOp;
import anneal.kernel.MapOp.Fn;
import anneal.kernel.ReduceOp;
import anneal.kernel.Shape;

/**
 * Attention whose cost grows with the tokens, not with their square ("Efficient Attention", Shen et al. 2021): keys are
 * normalised over the tokens by softmax, and each head's queries meet one matrix of what its keys and values have in
 * common. Queries are not normalised here, only divided by sqrt(headDim).
 */
public record LinearAttention(int heads) implements Op {
    /**
     * @param qkv [N, T, 3C], all queries, all keys, all values, each with its heads one after another
     * @return [N, T, C]
     */
    public static Tensor linearAttention(Tensor qkv, int heads) {
        if (qkv.rank() != 3 || qkv.dim(2) % (3 * heads) != 0) {
            throw new IllegalArgumentException("linear attention with " + heads + " heads on " + qkv.shape()
                    + "; [N, T, 3C] with C a multiple of the heads is needed");
        }
        return Op.apply(new LinearAttention(heads), qkv);
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        Tensor qkv = in[0];
        int width = qkv.dim(2) / 3;
        int d = width / heads;
        Tensor keys = softmaxOverTokens(c, part(qkv, 1));
        Tensor context = c.device().empty(qkv.dtype(), Shape.of(qkv.dim(0), heads, d, d));
        Tensor out = c.device().empty(qkv.dtype(), Shape.of(qkv.dim(0), qkv.dim(1), width));
        for (int h = 0; h < heads; h++) {
            reduceTokens(c, head(keys.buf(), h, d), head(part(qkv, 2), h, d), context, h);
            spread(c, head(part(qkv, 0), h, d), context, h, false, head(out.buf(), h, d));
        }
        c.save(qkv, keys, context);
        return out;
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        Tensor qkv = c.saved(0);
        Tensor keys = c.saved(1);
        Tensor context = c.saved(2);
        Device device = c.device();
        int d = keys.dim(2) / heads;
        Tensor out = device.empty(qkv.dtype(), qkv.shape());
        Tensor dKeys = device.empty(keys.dtype(), keys.shape());
        Tensor dContext = device.empty(context.dtype(), context.shape());
        for (int h = 0; h < heads; h++) {
            Buf gradient = head(g.buf(), h, d);
            spread(c, gradient, context, h, true, head(part(out, 0), h, d));
            reduceTokens(c, head(part(qkv, 0), h, d), gradient, dContext, h);
            spread(c, head(keys.buf(), h, d), dContext, h, false, head(part(out, 2), h, d));
            spread(c, head(part(qkv, 2), h, d), dContext, h, true, head(dKeys.buf(), h, d));
        }
        Tensor products = keys.mul(dKeys);
        Tensor sums = Reduction.sum(products, true, 1);
        c.kernels().map(MapOp.of(Fn.SUB), dKeys.buf(), dKeys.buf(), sums.buf());
        c.kernels().map(MapOp.of(Fn.MUL), part(out, 1), keys.buf(), dKeys.buf());
        return new Tensor[] {out};
    }

    private static Tensor softmaxOverTokens(OpContext c, Buf k) {
        Shape s = k.shape();
        Tensor y = c.device().empty(k.type(), s);
        Tensor row = c.device().empty(s.with(1, 1));
        c.kernels().reduce(ReduceOp.of(ReduceOp.Fn.MAX, 1, 0), new int[] {1}, k, row.buf());
        c.kernels().map(MapOp.of(Fn.SUB), y.buf(), k, row.buf());
        c.kernels().map(MapOp.of(Fn.EXP), y.buf(), y.buf());
        c.kernels().reduce(ReduceOp.SUM, new int[] {1}, y.buf(), row.buf());
        c.kernels().map(MapOp.of(Fn.DIV), y.buf(), y.buf(), row.buf());
        return y;
    }

    /** result[n, h] = sum over tokens of a^T b / sqrt(d). */
    private void reduceTokens(OpContext c, Buf a, Buf b, Tensor result, int h) {
        int d = a.shape().last();
        int tokens = a.shape().dim(1);
        GemmSpec s = new GemmSpec(a.shape().dim(0), d, d, tokens, true, false, tokens * a.rowPitch(),
                tokens * b.rowPitch(), (long) heads * d * d);
        c.lowering().gemm(s, a, b, Epilogue.scaled(1 / Math.sqrt(d), 0), matrix(result, h));
    }

    /** result = rows times the head's matrix, or its transpose. */
    private void spread(OpContext c, Buf rows, Tensor matrices, int h, boolean transposed, Buf result) {
        int d = rows.shape().last();
        int tokens = rows.shape().dim(1);
        GemmSpec s = new GemmSpec(rows.shape().dim(0), tokens, d, d, false, transposed, tokens * rows.rowPitch(),
                (long) heads * d * d, tokens * result.rowPitch());
        c.lowering().gemm(s, rows, matrix(matrices, h), Epilogue.NONE, result);
    }

    /** Queries, keys or values. */
    private static Buf part(Tensor qkv, int which) {
        int width = qkv.dim(2) / 3;
        return qkv.buf().columns(which * width, (which + 1) * width);
    }

    private static Buf head(Buf all, int h, int d) {
        return all.columns(h * d, (h + 1) * d);
    }

    /** Head {@code h} of the first sample's matrices. */
    private static Buf matrix(Tensor all, int h) {
        int d = all.dim(3);
        Buf b = all.buf();
        return new Buf(b.storage(), b.offset() + (long) h * d * d, b.type(), Shape.of(d, d), d);
    }
}
