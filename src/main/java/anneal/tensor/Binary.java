package anneal.tensor;

import anneal.kernel.DType;
import anneal.kernel.MapOp;
import anneal.kernel.MapOp.Fn;
import anneal.kernel.Shape;

/** Sums, differences, products and quotients with NumPy's broadcasting; wide (float32) where an operand is. */
record Binary(Fn fn) implements Op {
    static Tensor of(Fn fn, Tensor a, Tensor b) {
        return Op.apply(new Binary(fn), a, b);
    }

    /** Of a result that both are part of: wide if one of them is. */
    static DType type(Tensor a, Tensor b) {
        return b.dtype() == b.device().wideType() ? b.dtype() : a.dtype();
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        Tensor y = c.device().empty(type(in[0], in[1]), Shape.broadcast(in[0].shape(), in[1].shape()));
        c.kernels().map(MapOp.of(fn), y.buf(), in[0].buf(), in[1].buf());
        switch (fn) {
            case ADD, SUB -> { }
            case MUL, DIV -> c.save(in[0], in[1]);
            default -> throw new IllegalArgumentException("no differentiable operation " + fn);
        }
        return y;
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        Tensor a = c.needs(0) ? Reduction.sumTo(left(c, g), c.inputShape(0)) : null;
        Tensor b = c.needs(1) ? Reduction.sumTo(right(c, g), c.inputShape(1)) : null;
        return new Tensor[] {a, b};
    }

    private Tensor left(OpContext c, Tensor g) {
        return switch (fn) {
            case MUL -> g.mul(c.saved(1));
            case DIV -> g.div(c.saved(1));
            default -> g;
        };
    }

    private Tensor right(OpContext c, Tensor g) {
        return switch (fn) {
            case SUB -> g.neg();
            case MUL -> g.mul(c.saved(0));
            case DIV -> g.mul(c.saved(0)).div(c.saved(1).square()).neg();
            default -> g;
        };
    }
}
