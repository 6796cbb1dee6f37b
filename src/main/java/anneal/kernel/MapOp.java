package anneal.kernel;

/**
 * A point-wise operation with up to two constants: the closed set that {@link Kernels#map} knows. Inputs broadcast by
 * NumPy's rule to the output's shape.
 *
 * @param p first constant (the exponent, the lower bound, the factor ...; see {@link Fn})
 * @param q second constant
 */
public record MapOp(Fn fn, double p, double q) {
    /** Operands are called a, b, c in order; g is always an incoming gradient, x the forward input, y the output. */
    public enum Fn {
        // two operands
        ADD(2), SUB(2), MUL(2), DIV(2), MAXIMUM(2), MINIMUM(2),
        /** p*a + q*b. */
        AXPBY(2),
        /** a + b*c. */
        MUL_ADD(3),
        // one operand
        /** p*a + q. */
        AFFINE(1),
        SQUARE(1), ABS(1), EXP(1), LOG(1), SQRT(1), RSQRT(1), RECIPROCAL(1), SIN(1), COS(1),
        TANH(1), SIGMOID(1), SILU(1), RELU(1),
        /** x * Phi(x), the exact one (erf). */
        GELU_ERF(1),
        /** The tanh approximation of GELU. */
        GELU_TANH(1),
        /** x * sigmoid(1.702 x). */
        GELU_QUICK(1),
        /** a^p. */
        POW(1),
        /** a limited to p..q (either may be infinite). */
        CLAMP(1),
        /** 1 where a &lt; p, else 0. */
        LESS(1),
        /** Phi approximated by (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))/2 (guided-diffusion losses.py). */
        NORMAL_CDF(1),
        // three operands
        /** Operands (condition, a, b): a where the condition is not 0, else b. */
        SELECT(3),
        // gradients; operands (x, g) unless said otherwise
        /** g * sign(x). */
        ABS_GRAD(2),
        SILU_GRAD(2), RELU_GRAD(2), GELU_ERF_GRAD(2), GELU_TANH_GRAD(2), GELU_QUICK_GRAD(2),
        /** Operands (y, g): g (1 - y^2). */
        TANH_GRAD(2),
        /** Operands (y, g): g y (1 - y). */
        SIGMOID_GRAD(2),
        /** g p x^(p-1). */
        POW_GRAD(2),
        /** g where p &lt;= x &lt;= q (the bounds included), else 0. */
        CLAMP_GRAD(2),
        NORMAL_CDF_GRAD(2);

        private final int arity;

        Fn(int arity) {
            this.arity = arity;
        }

        public int arity() {
            return arity;
        }
    }

    public static MapOp of(Fn fn) {
        return new MapOp(fn, 0, 0);
    }

    public static MapOp of(Fn fn, double p, double q) {
        return new MapOp(fn, p, q);
    }
}
