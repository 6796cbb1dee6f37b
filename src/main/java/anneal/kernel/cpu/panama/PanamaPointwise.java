package anneal.kernel.cpu.panama;

import static anneal.kernel.cpu.Native.ALL;
import static anneal.kernel.cpu.Native.ORDER;

import anneal.kernel.MapOp;
import anneal.kernel.cpu.PointwiseLanes;
import anneal.kernel.cpu.PointwiseMath;
import anneal.kernel.cpu.scalar.ScalarPointwise;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Point-wise loops on vectors, one small method a function, because C2 compiles small loops well. Each does the whole
 * vectors and says how many elements that were; the scalar loop does the rest, with the same bits.
 */
final class PanamaPointwise implements PointwiseLanes {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    @Override
    public void apply(MapOp f, int n, long y, long yStep, long a, long aStep, long b, long bStep, long c, long cStep) {
        int done = 0;
        if (n >= L && yStep == Float.BYTES && unit(aStep) && unit(bStep) && unit(cStep)) {
            done = vectors(f, n - n % L, y, a, aStep, b, bStep, c, cStep);
        }
        if (done < n) {
            ScalarPointwise.run(f, done, n, y, yStep, a, aStep, b, bStep, c, cStep);
        }
    }

    private static boolean unit(long step) {
        return step == Float.BYTES || step == 0;
    }

    private static int vectors(MapOp f, int n, long y, long a, long as, long b, long bs, long c, long cs) {
        float p = (float) f.p();
        float q = (float) f.q();
        return switch (f.fn()) {
            case ADD -> add(n, y, a, as, b, bs);
            case SUB -> sub(n, y, a, as, b, bs);
            case MUL -> mul(n, y, a, as, b, bs);
            case DIV -> div(n, y, a, as, b, bs);
            case MAXIMUM -> maximum(n, y, a, as, b, bs);
            case MINIMUM -> minimum(n, y, a, as, b, bs);
            case AXPBY -> axpby(n, y, a, as, b, bs, p, q);
            case MUL_ADD -> mulAdd(n, y, a, as, b, bs, c, cs);
            case AFFINE -> affine(n, y, a, as, p, q);
            case SQUARE -> mul(n, y, a, as, a, as);
            case ABS -> abs(n, y, a, as);
            case EXP -> exp(n, y, a, as);
            case SQRT -> sqrt(n, y, a, as);
            case TANH -> tanh(n, y, a, as);
            case SIGMOID -> sigmoid(n, y, a, as);
            case SILU -> silu(n, y, a, as);
            case RELU -> relu(n, y, a, as);
            case CLAMP -> clamp(n, y, a, as, p, q);
            case GELU_ERF -> PanamaGelu.value(n, y, a, as);
            case GELU_QUICK -> geluQuick(n, y, a, as);
            case SILU_GRAD -> siluGradient(n, y, a, as, b, bs);
            case GELU_ERF_GRAD -> PanamaGelu.gradient(n, y, a, as, b, bs);
            case RELU_GRAD -> reluGradient(n, y, a, as, b, bs);
            case TANH_GRAD -> tanhGradient(n, y, a, as, b, bs);
            case SIGMOID_GRAD -> sigmoidGradient(n, y, a, as, b, bs);
            default -> 0;
        };
    }

    private static int add(int n, long y, long a, long as, long b, long bs) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER)
                    .add(FloatVector.fromMemorySegment(S, ALL, b + i * bs, ORDER))
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int sub(int n, long y, long a, long as, long b, long bs) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER)
                    .sub(FloatVector.fromMemorySegment(S, ALL, b + i * bs, ORDER))
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int mul(int n, long y, long a, long as, long b, long bs) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER)
                    .mul(FloatVector.fromMemorySegment(S, ALL, b + i * bs, ORDER))
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int div(int n, long y, long a, long as, long b, long bs) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER)
                    .div(FloatVector.fromMemorySegment(S, ALL, b + i * bs, ORDER))
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int maximum(int n, long y, long a, long as, long b, long bs) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER)
                    .max(FloatVector.fromMemorySegment(S, ALL, b + i * bs, ORDER))
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int minimum(int n, long y, long a, long as, long b, long bs) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER)
                    .min(FloatVector.fromMemorySegment(S, ALL, b + i * bs, ORDER))
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int axpby(int n, long y, long a, long as, long b, long bs, float p, float q) {
        var vp = FloatVector.broadcast(S, p);
        for (int i = 0; i < n; i += L) {
            var second = FloatVector.fromMemorySegment(S, ALL, b + i * bs, ORDER).mul(q);
            FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER).fma(vp, second)
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int mulAdd(int n, long y, long a, long as, long b, long bs, long c, long cs) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromMemorySegment(S, ALL, b + i * bs, ORDER)
                    .fma(FloatVector.fromMemorySegment(S, ALL, c + i * cs, ORDER),
                            FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER))
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int affine(int n, long y, long a, long as, float p, float q) {
        var vp = FloatVector.broadcast(S, p);
        var vq = FloatVector.broadcast(S, q);
        for (int i = 0; i < n; i += L) {
            FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER).fma(vp, vq)
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int abs(int n, long y, long a, long as) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER).abs()
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int sqrt(int n, long y, long a, long as) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER).sqrt()
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int relu(int n, long y, long a, long as) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER).max(0)
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int clamp(int n, long y, long a, long as, float p, float q) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER).max(p).min(q)
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int exp(int n, long y, long a, long as) {
        for (int i = 0; i < n; i += L) {
            VectorMath.exp(FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER))
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int tanh(int n, long y, long a, long as) {
        for (int i = 0; i < n; i += L) {
            VectorMath.tanh(FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER))
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int sigmoid(int n, long y, long a, long as) {
        var one = FloatVector.broadcast(S, 1);
        for (int i = 0; i < n; i += L) {
            var x = FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER);
            one.div(VectorMath.onePlusExp(x.neg())).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int silu(int n, long y, long a, long as) {
        for (int i = 0; i < n; i += L) {
            var x = FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER);
            x.div(VectorMath.onePlusExp(x.neg())).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int geluQuick(int n, long y, long a, long as) {
        var one = FloatVector.broadcast(S, 1);
        for (int i = 0; i < n; i += L) {
            var x = FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER);
            var s = one.div(VectorMath.onePlusExp(x.mul(PointwiseMath.QUICK).neg()));
            x.mul(s).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int siluGradient(int n, long y, long a, long as, long b, long bs) {
        var one = FloatVector.broadcast(S, 1);
        for (int i = 0; i < n; i += L) {
            var x = FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER);
            var s = one.div(VectorMath.onePlusExp(x.neg()));
            FloatVector.fromMemorySegment(S, ALL, b + i * bs, ORDER).mul(s.mul(x.fma(one.sub(s), one)))
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int reluGradient(int n, long y, long a, long as, long b, long bs) {
        var zero = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            var positive = FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER).compare(VectorOperators.GT, 0);
            zero.blend(FloatVector.fromMemorySegment(S, ALL, b + i * bs, ORDER), positive)
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int tanhGradient(int n, long y, long a, long as, long b, long bs) {
        var one = FloatVector.broadcast(S, 1);
        for (int i = 0; i < n; i += L) {
            var t = FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER);
            FloatVector.fromMemorySegment(S, ALL, b + i * bs, ORDER).mul(t.neg().fma(t, one))
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }

    private static int sigmoidGradient(int n, long y, long a, long as, long b, long bs) {
        var one = FloatVector.broadcast(S, 1);
        for (int i = 0; i < n; i += L) {
            var s = FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER);
            FloatVector.fromMemorySegment(S, ALL, b + i * bs, ORDER).mul(s.mul(one.sub(s)))
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        return n;
    }
}
