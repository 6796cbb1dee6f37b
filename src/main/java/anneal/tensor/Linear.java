package anneal.tensor;

import anneal.kernel.Activation;
import anneal.kernel.Buf;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import anneal.kernel.ReduceOp;
import anneal.kernel.Shape;

/** x W^T + b over the last axis, plus a residual of the result's shape: one matrix product with its epilogue. */
public record Linear() implements Op {
    /**
     * @param x [.., in]
     * @param w [out, in]
     * @param b [out] or null
     * @return [.., out]
     */
    public static Tensor linear(Tensor x, Tensor w, Tensor b) {
        return linear(x, w, b, null);
    }

    /** As {@link #linear(Tensor, Tensor, Tensor)}, with {@code residual} [.., out] (or null) added. */
    public static Tensor linear(Tensor x, Tensor w, Tensor b, Tensor residual) {
        if (x.rank() == 0 || w.rank() != 2 || x.dim(-1) != w.dim(1)) {
            throw new IllegalArgumentException("linear layer with weight " + w.shape() + " on input " + x.shape());
        }
        return Op.apply(new Linear(), x, w, b, residual);
    }

    private static Buf matrix(Tensor t) {
        return t.buf().reshape(Shape.of(Math.toIntExact(t.shape().rows()), t.shape().last()));
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        Tensor x = in[0];
        Tensor w = in[1];
        Tensor y = c.device().empty(x.dtype(), x.shape().with(-1, w.dim(0)));
        Buf bias = in[2] == null ? null : in[2].buf();
        Buf residual = in[3] == null ? null : matrix(in[3]);
        Buf rows = matrix(x);
        GemmSpec s = GemmSpec.of(rows.shape().dim(0), w.dim(0), w.dim(1), false, true);
        c.lowering().gemm(s, rows, w.buf(), new Epilogue(bias, null, residual, 1, 0, Activation.NONE), matrix(y));
        c.save(c.needs(1) ? x : null, c.needs(0) ? w : null);
        return y;
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        Buf rows = matrix(g);
        int m = rows.shape().dim(0);
        int out = rows.shape().dim(1);
        int in = c.inputShape(1).dim(1);
        Tensor dx = null;
        if (c.needs(0)) {
            dx = c.device().empty(g.dtype(), c.inputShape(0));
            c.lowering().gemm(GemmSpec.of(m, in, out, false, false), rows, c.saved(1).buf(), Epilogue.NONE, matrix(dx));
        }
        Tensor dw = null;
        if (c.needs(1)) {
            dw = c.device().empty(c.inputShape(1));
            c.lowering().gemm(GemmSpec.of(out, in, m, true, false), rows, matrix(c.saved(0)), Epilogue.NONE, dw.buf());
        }
        Tensor db = null;
        if (c.needs(2)) {
            db = c.device().empty(c.inputShape(2));
            c.kernels().reduce(ReduceOp.SUM, new int[] {0}, rows, db.buf().reshape(Shape.of(1, out)));
        }
        return new Tensor[] {dx, dw, db, c.needs(3) ? g : null};
    }
}
