package anneal.kernel.cpu;

/**
 * Elementary functions in float from polynomials and fused multiply-adds: the same bits on every machine, interpreted
 * or compiled, and, operation for operation, in {@code panama.VectorMath}. Relative errors are about 1e-7. The
 * coefficients are minimax fits, made by iteratively reweighted least squares for relative error.
 */
public final class PolyMath {
    /** Adding and subtracting it rounds a float of magnitude below 2^22 to an integer, ties to even. */
    public static final float ROUND = 0x1.8p23f;
    public static final float LOG2_E = 1.442695f;
    public static final float LN2_HI = 0.6931472f;
    public static final float LN2_LO = -1.9046542e-9f;
    /** Below it exp is 0, above {@link #EXP_MAX} infinite. */
    public static final float EXP_MIN = -104;
    public static final float EXP_MAX = 89;
    /** Below it e to the x is not a normal float. */
    public static final float EXP_NORMAL = -87.3f;
    /** Up to it e to the x is one. */
    public static final float EXP_LARGE = 88;
    /** (exp(r) - 1 - r) / r^2 for |r| up to ln(2)/2. */
    public static final float E0 = 0.49999994f;
    public static final float E1 = 0.16666521f;
    public static final float E2 = 0.04166839f;
    public static final float E3 = 0.008368745f;
    public static final float E4 = 0.0013814539f;

    /** (log(1 + f) - f + f^2 / 2) / f^3 for 1 + f from sqrt(1/2) to sqrt(2). */
    public static final float L0 = 0.33333313f;
    public static final float L1 = -0.25000009f;
    public static final float L2 = 0.20002119f;
    public static final float L3 = -0.16667996f;
    public static final float L4 = 0.14219552f;
    public static final float L5 = -0.12405589f;
    public static final float L6 = 0.11888162f;
    public static final float L7 = -0.11675652f;
    public static final float L8 = 0.0674664f;
    /** ln(2) with so few bits that a product with an exponent is exact, and the rest. */
    public static final float LN2_SHORT = 0.693115234375f;
    public static final float LN2_REST = 3.1946183e-5f;
    /** The bits of sqrt(1/2). */
    public static final int SQRT_HALF = 0x3f3504f3;

    public static final float TWO_OVER_PI = 0.63661975f;
    public static final float PIO2_1 = 1.5707964f;
    public static final float PIO2_2 = -4.371139e-8f;
    public static final float PIO2_3 = -1.7151245e-15f;
    /** Up to here three constants reduce an angle accurately enough. */
    public static final float ANGLE_MAX = 30000;
    /** (sin(r) - r) / r^3 and (cos(r) - 1 + r^2 / 2) / r^4, in r^2, for |r| up to pi/4. */
    public static final float S0 = -0.16666655f;
    public static final float S1 = 0.008332156f;
    public static final float S2 = -1.9514632e-4f;
    public static final float C0 = 0.041666646f;
    public static final float C1 = -0.0013887309f;
    public static final float C2 = 2.4432413e-5f;

    /** (tanh(x) - x) / x^3, in x^2, up to {@link #TANH_SMALL}. */
    public static final float T0 = -0.3333333f;
    public static final float T1 = 0.13333204f;
    public static final float T2 = -0.053946517f;
    public static final float T3 = 0.021699317f;
    public static final float T4 = -0.00817385f;
    public static final float T5 = 0.002139613f;
    public static final float TANH_SMALL = 0.625f;

    /** (erf(x) - x) / x, in x^2, up to {@link #ERF_SMALL}. */
    public static final float F0 = 0.12837917f;
    public static final float F1 = -0.37612632f;
    public static final float F2 = 0.11283663f;
    public static final float F3 = -0.026857639f;
    public static final float F4 = 0.005196798f;
    public static final float F5 = -8.0960564e-4f;
    public static final float F6 = 8.1785227e-5f;
    public static final float ERF_SMALL = 0.95f;
    /** log(1 - erf(x)) from {@link #ERF_SMALL} to {@link #ERF_ONE}, where erf is 1 in float. */
    public static final float G0 = 1.7992548e-4f;
    public static final float G1 = -1.12954f;
    public static final float G2 = -0.6332964f;
    public static final float G3 = -0.1083354f;
    public static final float G4 = 0.02515506f;
    public static final float G5 = -0.00418455f;
    public static final float G6 = 4.3723883e-4f;
    public static final float G7 = -2.1334545e-5f;
    public static final float ERF_ONE = 4;

    private PolyMath() {
    }

    /** e to the power x; denormal results included. */
    public static float exp(float x) {
        float v = x < EXP_MIN ? EXP_MIN : x;
        v = v > EXP_MAX ? EXP_MAX : v;
        float shifted = Math.fma(v, LOG2_E, ROUND);
        float n = shifted - ROUND;
        float r = Math.fma(n, -LN2_HI, v);
        r = Math.fma(n, -LN2_LO, r);
        float p = Math.fma(r, E4, E3);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r, E1);
        p = Math.fma(p, r, E0);
        p = Math.fma(p, r * r, r) + 1;
        // 2^n in two factors, so that neither leaves the normal range
        int k = Float.floatToRawIntBits(shifted) - Float.floatToRawIntBits(ROUND);
        int half = k >> 1;
        float first = Float.intBitsToFloat((half + 127) << 23);
        float second = Float.intBitsToFloat((k - half + 127) << 23);
        return p * first * second;
    }

    /** e to the power x for x that is negative, but for rounding; 0 where the result would be denormal. A softmax's. */
    public static float expOfNegative(float x) {
        return x < EXP_NORMAL ? 0 : normalExp(x);
    }

    /** The same where it is a normal number, from {@link #EXP_NORMAL} to {@link #EXP_LARGE}; elsewhere anything. */
    private static float normalExp(float x) {
        float shifted = Math.fma(x, LOG2_E, ROUND);
        float n = shifted - ROUND;
        float r = Math.fma(n, -LN2_HI, x);
        r = Math.fma(n, -LN2_LO, r);
        float p = Math.fma(r, E4, E3);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r, E1);
        p = Math.fma(p, r, E0);
        p = Math.fma(p, r * r, r) + 1;
        int k = Float.floatToRawIntBits(shifted) - (Float.floatToRawIntBits(ROUND) - 127);
        return p * Float.intBitsToFloat(k << 23);
    }

    /** Natural logarithm; -infinity at 0, NaN below. */
    public static float log(float x) {
        boolean tiny = x < Float.MIN_NORMAL;
        float v = tiny ? x * 0x1p23f : x;
        int bits = Float.floatToRawIntBits(v) - SQRT_HALF;
        int e = bits >> 23;
        float f = Float.intBitsToFloat((bits & 0x7fffff) + SQRT_HALF) - 1;
        float n = (float) e - (tiny ? 23 : 0);
        float s = f * f;
        float p = Math.fma(f, L8, L7);
        p = Math.fma(p, f, L6);
        p = Math.fma(p, f, L5);
        p = Math.fma(p, f, L4);
        p = Math.fma(p, f, L3);
        p = Math.fma(p, f, L2);
        p = Math.fma(p, f, L1);
        p = Math.fma(p, f, L0);
        p = p * f * s;
        p = Math.fma(n, LN2_REST, p);
        p = Math.fma(s, -0.5f, p);
        float y = Math.fma(n, LN2_SHORT, f + p);
        y = x == Float.POSITIVE_INFINITY ? x : y;
        y = x == 0 ? Float.NEGATIVE_INFINITY : y;
        return x >= 0 ? y : Float.NaN;
    }

    /** Sine of an angle in radians. */
    public static float sin(float x) {
        return Math.abs(x) > ANGLE_MAX ? (float) StrictMath.sin(x) : quadrant(x, 0);
    }

    /** Cosine of an angle in radians. */
    public static float cos(float x) {
        return Math.abs(x) > ANGLE_MAX ? (float) StrictMath.cos(x) : quadrant(x, 1);
    }

    /** sin(x + turn * pi / 2). */
    private static float quadrant(float x, int turn) {
        float shifted = Math.fma(x, TWO_OVER_PI, ROUND);
        float n = shifted - ROUND;
        float r = Math.fma(n, -PIO2_1, x);
        r = Math.fma(n, -PIO2_2, r);
        r = Math.fma(n, -PIO2_3, r);
        int q = Float.floatToRawIntBits(shifted) + turn;
        float s = r * r;
        float sin = Math.fma(Math.fma(s, S2, S1), s, S0);
        sin = Math.fma(sin * s, r, r);
        float cos = Math.fma(Math.fma(s, C2, C1), s, C0);
        cos = Math.fma(cos, s * s, Math.fma(s, -0.5f, 1));
        float y = (q & 1) == 0 ? sin : cos;
        return Float.intBitsToFloat(Float.floatToRawIntBits(y) ^ (q & 2) << 30);
    }

    /** Hyperbolic tangent. */
    public static float tanh(float x) {
        float a = Math.abs(x);
        float s = x * x;
        float p = Math.fma(s, T5, T4);
        p = Math.fma(p, s, T3);
        p = Math.fma(p, s, T2);
        p = Math.fma(p, s, T1);
        p = Math.fma(p, s, T0);
        float small = Math.fma(p * s, a, a);
        float large = 1 - 2 / (exp(a + a) + 1);
        return withSign(a < TANH_SMALL ? small : large, x);
    }

    /** Error function. */
    public static float erf(float x) {
        float a = Math.abs(x);
        float s = x * x;
        float p = Math.fma(s, F6, F5);
        p = Math.fma(p, s, F4);
        p = Math.fma(p, s, F3);
        p = Math.fma(p, s, F2);
        p = Math.fma(p, s, F1);
        p = Math.fma(p, s, F0);
        float small = Math.fma(p, a, a);
        float b = a > ERF_ONE ? ERF_ONE : a;
        float g = Math.fma(b, G7, G6);
        g = Math.fma(g, b, G5);
        g = Math.fma(g, b, G4);
        g = Math.fma(g, b, G3);
        g = Math.fma(g, b, G2);
        g = Math.fma(g, b, G1);
        g = Math.fma(g, b, G0);
        float large = 1 - exp(g);
        return withSign(a < ERF_SMALL ? small : large, x);
    }

    /** 1 / (1 + exp(-x)). */
    public static float sigmoid(float x) {
        return 1 / onePlusExp(-x);
    }

    /**
     * 1 + exp(x), the denominator of the logistic function. Where exp(x) would not be a normal number the sum is 1 or,
     * from 88 on, infinite, so that one power of two is enough.
     */
    public static float onePlusExp(float x) {
        return 1 + (x > EXP_LARGE ? Float.POSITIVE_INFINITY : expOfNegative(x));
    }

    /** x * sigmoid(x) ("SiLU", also "Swish"); 0 where x is so low that the sigmoid is 0. */
    public static float silu(float x) {
        return x / onePlusExp(-x);
    }

    private static float withSign(float magnitude, float sign) {
        return Float.intBitsToFloat(Float.floatToRawIntBits(magnitude) | Float.floatToRawIntBits(sign) & 0x80000000);
    }
}
