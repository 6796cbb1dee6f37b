package anneal.tensor;

import anneal.kernel.MapOp;
import anneal.kernel.MapOp.Fn;

/** Point-wise functions of one tensor, in its own type. */
record Unary(MapOp f) implements Op {
    static Tensor of(Fn fn, Tensor x) {
        return of(fn, 0, 0, x);
    }

    static Tensor of(Fn fn, double p, double q, Tensor x) {
        return Op.apply(new Unary(MapOp.of(fn, p, q)), x);
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        Tensor y = c.device().empty(in[0].dtype(), in[0].shape());
        c.kernels().map(f, y.buf(), in[0].buf());
        switch (f.fn()) {
            case AFFINE -> { }
            case EXP, SQRT, TANH, SIGMOID -> c.save(y);
            default -> c.save(in[0]);
        }
        return y;
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        return new Tensor[] {gradient(c, g)};
    }

    private Tensor gradient(OpContext c, Tensor g) {
        Tensor s = f.fn() == Fn.AFFINE ? null : c.saved(0);
        return switch (f.fn()) {
            case AFFINE -> f.p() == 1 ? g : g.mul(f.p());
            case SQUARE -> map(c, Fn.MUL, s, g).mul(2);
            case EXP -> map(c, Fn.MUL, s, g);
            case LOG -> map(c, Fn.DIV, g, s);
            case SQRT -> map(c, Fn.DIV, g, s).mul(0.5);
            case ABS -> map(c, Fn.ABS_GRAD, s, g);
            case TANH -> map(c, Fn.TANH_GRAD, s, g);
            case SIGMOID -> map(c, Fn.SIGMOID_GRAD, s, g);
            case SILU -> map(c, Fn.SILU_GRAD, s, g);
            case RELU -> map(c, Fn.RELU_GRAD, s, g);
            case GELU_ERF -> map(c, Fn.GELU_ERF_GRAD, s, g);
            case GELU_TANH -> map(c, Fn.GELU_TANH_GRAD, s, g);
            case GELU_QUICK -> map(c, Fn.GELU_QUICK_GRAD, s, g);
            case NORMAL_CDF -> map(c, Fn.NORMAL_CDF_GRAD, s, g);
            case POW -> map(c, Fn.POW_GRAD, s, g);
            case CLAMP -> map(c, Fn.CLAMP_GRAD, s, g);
            case SIN -> map(c, Fn.MUL, of(Fn.COS, s), g);
            case COS -> map(c, Fn.MUL, of(Fn.SIN, s), g).neg();
            default -> throw new IllegalStateException("no gradient for " + f.fn());
        };
    }

    private Tensor map(OpContext c, Fn fn, Tensor a, Tensor b) {
        Tensor out = c.device().empty(a.dtype(), a.shape());
        c.kernels().map(MapOp.of(fn, f.p(), f.q()), out.buf(), a.buf(), b.buf());
        return out;
    }
}
