package anneal.kernel.cpu.panama;

import static anneal.kernel.cpu.Native.ALL;
import static anneal.kernel.cpu.Native.ORDER;

import anneal.kernel.cpu.PointwiseMath;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * GELU with the exact normal distribution function, x Phi(x), and its gradient. The error function has too many
 * operations for C2 to keep in one loop: it would box vectors. So a block that stays in the first-level cache goes
 * through several short loops, which leave what they have in the result. The result may therefore not lie where an
 * operand does.
 */
final class PanamaGelu {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int BLOCK = 2048;

    private PanamaGelu() {
    }

    /** Whole vectors; returns how many elements that were. */
    static int value(int n, long y, long a, long as) {
        if (y == a) {
            return 0;
        }
        for (int i = 0; i < n; i += BLOCK) {
            int count = Math.min(BLOCK, n - i);
            normalCdf(count, y + 4L * i, a + i * as, as);
            times(count, y + 4L * i, a + i * as, as);
        }
        return n;
    }

    /** As {@link #value}: b times the derivative at a. */
    static int gradient(int n, long y, long a, long as, long b, long bs) {
        if (y == a || y == b) {
            return 0;
        }
        for (int i = 0; i < n; i += BLOCK) {
            int count = Math.min(BLOCK, n - i);
            normalCdf(count, y + 4L * i, a + i * as, as);
            slope(count, y + 4L * i, a + i * as, as, b + i * bs, bs);
        }
        return n;
    }

    private static void normalCdf(int n, long y, long a, long as) {
        exponents(n, y, a, as);
        tails(n, y);
        cdf(n, y, a, as);
    }

    /** y = log(1 - erf(|x|)) for large x. */
    private static void exponents(int n, long y, long a, long as) {
        for (int i = 0; i < n; i += L) {
            var x = FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER);
            VectorMath.erfExponent(x.mul(PointwiseMath.SQRT_HALF))
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    private static void tails(int n, long y) {
        var one = FloatVector.broadcast(S, 1);
        for (int i = 0; i < n; i += L) {
            one.sub(VectorMath.exp(FloatVector.fromMemorySegment(S, ALL, y + 4L * i, ORDER)))
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    private static void cdf(int n, long y, long a, long as) {
        for (int i = 0; i < n; i += L) {
            var x = FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER).mul(PointwiseMath.SQRT_HALF);
            VectorMath.erf(x, FloatVector.fromMemorySegment(S, ALL, y + 4L * i, ORDER)).fma(0.5f, 0.5f)
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    private static void times(int n, long y, long a, long as) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER)
                    .mul(FloatVector.fromMemorySegment(S, ALL, y + 4L * i, ORDER))
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    private static void slope(int n, long y, long a, long as, long b, long bs) {
        for (int i = 0; i < n; i += L) {
            var x = FloatVector.fromMemorySegment(S, ALL, a + i * as, ORDER);
            var bell = VectorMath.exp(x.mul(-0.5f).mul(x));
            FloatVector.fromMemorySegment(S, ALL, b + i * bs, ORDER)
                    .mul(x.mul(PointwiseMath.DENSITY)
                            .fma(bell, FloatVector.fromMemorySegment(S, ALL, y + 4L * i, ORDER)))
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }
}
