package anneal.kernel.cpu;

import anneal.kernel.MapOp;

/** What each function of {@link MapOp} is on this device, for one element: the definition that vector code follows. */
public final class PointwiseMath {
    /** sqrt(1/2). */
    public static final float SQRT_HALF = 0.70710677f;
    /** 1 / sqrt(2 pi), the height of the normal density. */
    public static final float DENSITY = 0.3989423f;
    /** sqrt(2 / pi). */
    public static final float TANH_SCALE = 0.7978846f;
    public static final float TANH_CUBIC = 0.044715f;
    public static final float QUICK = 1.702f;

    private PointwiseMath() {
    }

    /** The function's value; operands beyond its arity are ignored. */
    public static float apply(MapOp.Fn fn, float p, float q, float a, float b, float c) {
        return switch (fn) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case MAXIMUM -> Math.max(a, b);
            case MINIMUM -> Math.min(a, b);
            case AXPBY -> Math.fma(p, a, q * b);
            case MUL_ADD -> Math.fma(b, c, a);
            case AFFINE -> Math.fma(p, a, q);
            case SQUARE -> a * a;
            case ABS -> Math.abs(a);
            case EXP -> PolyMath.exp(a);
            case LOG -> PolyMath.log(a);
            case SQRT -> (float) Math.sqrt(a);
            case RSQRT -> 1 / (float) Math.sqrt(a);
            case RECIPROCAL -> 1 / a;
            case SIN -> PolyMath.sin(a);
            case COS -> PolyMath.cos(a);
            case TANH -> PolyMath.tanh(a);
            case SIGMOID -> PolyMath.sigmoid(a);
            case SILU -> PolyMath.silu(a);
            case RELU -> Math.max(a, 0);
            case GELU_ERF -> a * normalCdf(a);
            case GELU_TANH -> a * tanhCdf(a);
            case GELU_QUICK -> a * PolyMath.sigmoid(QUICK * a);
            case POW -> power(a, p);
            case CLAMP -> Math.min(Math.max(a, p), q);
            case LESS -> a < p ? 1 : 0;
            case NORMAL_CDF -> tanhCdf(a);
            case SELECT -> a != 0 ? b : c;
            case ABS_GRAD -> a == 0 ? 0 : Math.copySign(1, a) * b;
            case SILU_GRAD -> siluGradient(a, b);
            case RELU_GRAD -> a > 0 ? b : 0;
            case GELU_ERF_GRAD -> b * Math.fma(a * DENSITY, PolyMath.exp(-0.5f * a * a), normalCdf(a));
            case GELU_TANH_GRAD -> b * Math.fma(a, tanhDensity(a), tanhCdf(a));
            case GELU_QUICK_GRAD -> quickGradient(a, b);
            case TANH_GRAD -> b * Math.fma(-a, a, 1);
            case SIGMOID_GRAD -> b * (a * (1 - a));
            case POW_GRAD -> b * (p * power(a, p - 1));
            case CLAMP_GRAD -> a >= p && a <= q ? b : 0;
            case NORMAL_CDF_GRAD -> b * tanhDensity(a);
        };
    }

    /** {@code g} times the derivative of x sigmoid(x), which is s (1 + x (1 - s)). */
    public static float siluGradient(float x, float g) {
        float s = PolyMath.sigmoid(x);
        return g * (s * Math.fma(x, 1 - s, 1));
    }

    private static float quickGradient(float x, float g) {
        float s = PolyMath.sigmoid(QUICK * x);
        return g * (s * Math.fma(QUICK * x, 1 - s, 1));
    }

    private static float normalCdf(float x) {
        return Math.fma(0.5f, PolyMath.erf(x * SQRT_HALF), 0.5f);
    }

    /** (1 + tanh(u)) / 2 = sigmoid(2 u), which loses nothing where tanh(u) is near -1. */
    private static float tanhCdf(float x) {
        return PolyMath.sigmoid(2 * tanhArgument(x));
    }

    private static float tanhDensity(float x) {
        float s = PolyMath.sigmoid(2 * tanhArgument(x));
        float slope = 2 * TANH_SCALE * Math.fma(3 * TANH_CUBIC * x, x, 1);
        return s * (1 - s) * slope;
    }

    private static float tanhArgument(float x) {
        return TANH_SCALE * Math.fma(TANH_CUBIC * x * x, x, x);
    }

    /** The powers that models use exactly, the others by StrictMath, whose bits do not depend on the compiler. */
    private static float power(float x, float p) {
        if (p == 0) {
            return 1;
        } else if (p == 1) {
            return x;
        } else if (p == 2) {
            return x * x;
        } else if (p == 3) {
            return x * x * x;
        } else if (p == 0.5f) {
            return (float) Math.sqrt(x);
        } else if (p == -1) {
            return 1 / x;
        }
        return (float) StrictMath.pow(x, p);
    }
}
