package anneal.tensor;

import anneal.kernel.MapOp;
import anneal.kernel.MapOp.Fn;
import anneal.kernel.Shape;

/** {@code a} where a condition holds, else {@code b}. */
public record Select() implements Op {
    /** @param condition 0 or 1, has no gradient; the three broadcast */
    public static Tensor where(Tensor condition, Tensor a, Tensor b) {
        return Op.apply(new Select(), condition.detach(), a, b);
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        Shape shape = Shape.broadcast(in[0].shape(), Shape.broadcast(in[1].shape(), in[2].shape()));
        Tensor y = c.device().empty(Binary.type(in[1], in[2]), shape);
        c.kernels().map(MapOp.of(Fn.SELECT), y.buf(), in[0].buf(), in[1].buf(), in[2].buf());
        c.save(in[0]);
        return y;
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        Tensor zero = c.device().scalar(0).as(g.dtype());
        return new Tensor[] {null, c.needs(1) ? part(c, g, zero, 1) : null, c.needs(2) ? part(c, zero, g, 2) : null};
    }

    private static Tensor part(OpContext c, Tensor whenTrue, Tensor whenFalse, int input) {
        Shape shape = Shape.broadcast(whenTrue.shape(), whenFalse.shape());
        Tensor out = c.device().empty(whenTrue.dtype(), shape);
        c.kernels().map(MapOp.of(Fn.SELECT), out.buf(), c.saved(0).buf(), whenTrue.buf(), whenFalse.buf());
        return Reduction.sumTo(out, c.inputShape(input));
    }
}
