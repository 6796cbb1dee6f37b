package anneal.kernel.reference;

import anneal.kernel.Buf;
import anneal.kernel.MapOp;
import anneal.kernel.Shape;

/** Every {@link MapOp.Fn} as a formula, and the loop that broadcasts its operands. */
final class ReferencePointwise {
    private static final double ROOT_2_OVER_PI = Math.sqrt(2 / Math.PI);

    private ReferencePointwise() {
    }

    static void map(MapOp f, Buf out, Buf... in) {
        var a = new Operand(in[0], out.shape());
        var b = in.length > 1 ? new Operand(in[1], out.shape()) : a;
        var c = in.length > 2 ? new Operand(in[2], out.shape()) : a;
        var result = new double[Math.toIntExact(out.shape().size())];
        for (int i = 0; i < result.length; i++) {
            result[i] = apply(f, a.at(i), b.at(i), c.at(i));
        }
        Values.write(result, out);
    }

    /** An operand's elements and, unless it has the output's shape, where each output element finds its own. */
    private record Operand(double[] values, int[] where) {
        Operand(Buf b, Shape out) {
            this(Values.read(b), b.shape().equals(out) ? null : Odometer.broadcast(b.shape(), out));
        }

        double at(int i) {
            return values[where == null ? i : where[i]];
        }
    }

    static double apply(MapOp f, double a, double b, double c) {
        double p = f.p();
        double q = f.q();
        return switch (f.fn()) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case MAXIMUM -> Math.max(a, b);
            case MINIMUM -> Math.min(a, b);
            case AXPBY -> p * a + q * b;
            case MUL_ADD -> a + b * c;
            case AFFINE -> p * a + q;
            case SQUARE -> a * a;
            case ABS -> Math.abs(a);
            case EXP -> StrictMath.exp(a);
            case LOG -> StrictMath.log(a);
            case SQRT -> Math.sqrt(a);
            case RSQRT -> 1 / Math.sqrt(a);
            case RECIPROCAL -> 1 / a;
            case SIN -> StrictMath.sin(a);
            case COS -> StrictMath.cos(a);
            case TANH -> StrictMath.tanh(a);
            case SIGMOID -> sigmoid(a);
            case SILU -> a * sigmoid(a);
            case RELU -> Math.max(a, 0);
            case GELU_ERF -> a * Erf.normalCdf(a);
            case GELU_TANH -> a * approximateCdf(a);
            case GELU_QUICK -> a * sigmoid(1.702 * a);
            case POW -> StrictMath.pow(a, p);
            case CLAMP -> Math.min(Math.max(a, p), q);
            case LESS -> a < p ? 1 : 0;
            case NORMAL_CDF -> approximateCdf(a);
            case SELECT -> a != 0 ? b : c;
            case ABS_GRAD -> b * Math.signum(a);
            case SILU_GRAD -> b * swishSlope(a, 1);
            case RELU_GRAD -> a > 0 ? b : 0;
            case GELU_ERF_GRAD -> b * (Erf.normalCdf(a) + a * Erf.normalDensity(a));
            case GELU_TANH_GRAD -> b * (approximateCdf(a) + a * approximateDensity(a));
            case GELU_QUICK_GRAD -> b * swishSlope(a, 1.702);
            case TANH_GRAD -> b * (1 - a * a);
            case SIGMOID_GRAD -> b * a * (1 - a);
            case POW_GRAD -> b * p * StrictMath.pow(a, p - 1);
            case CLAMP_GRAD -> p <= a && a <= q ? b : 0;
            case NORMAL_CDF_GRAD -> b * approximateDensity(a);
        };
    }

    private static double sigmoid(double x) {
        return 1 / (1 + StrictMath.exp(-x));
    }

    /** d/dx of x * sigmoid(k x). */
    private static double swishSlope(double x, double k) {
        double s = sigmoid(k * x);
        return s * (1 + k * x * (1 - s));
    }

    /** (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2. */
    private static double approximateCdf(double x) {
        return (1 + StrictMath.tanh(ROOT_2_OVER_PI * (x + 0.044715 * x * x * x))) / 2;
    }

    /** The derivative of {@link #approximateCdf}. */
    private static double approximateDensity(double x) {
        double t = StrictMath.tanh(ROOT_2_OVER_PI * (x + 0.044715 * x * x * x));
        return (1 - t * t) * ROOT_2_OVER_PI * (1 + 3 * 0.044715 * x * x) / 2;
    }
}
