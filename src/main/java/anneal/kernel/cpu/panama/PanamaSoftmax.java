package anneal.kernel.cpu.panama;

import static anneal.kernel.cpu.Native.ALL;
import static anneal.kernel.cpu.Native.ORDER;

import anneal.kernel.cpu.SoftmaxLanes;
import anneal.kernel.cpu.scalar.ScalarSoftmax;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link SoftmaxLanes} on vectors along the row. */
final class PanamaSoftmax implements SoftmaxLanes {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private final ScalarSoftmax scalar = new ScalarSoftmax();

    @Override
    public double exponentials(int n, long x, float max, long y) {
        int whole = n - n % L;
        long rest = 4L * whole;
        double sum = scalar.exponentials(n - whole, x + rest, max, y == 0 ? 0 : y + rest);
        if (whole > 0) {
            sum += y == 0 ? sumOfExponentials(whole, x, max) : storedExponentials(whole, x, max, y);
        }
        return sum;
    }

    private static float sumOfExponentials(int n, long x, float max) {
        var sum = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            sum = VectorMath.exp(FloatVector.fromMemorySegment(S, ALL, x + 4L * i, ORDER).sub(max)).add(sum);
        }
        return Fold.sum(sum);
    }

    private static float storedExponentials(int n, long x, float max, long y) {
        var sum = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            var e = VectorMath.exp(FloatVector.fromMemorySegment(S, ALL, x + 4L * i, ORDER).sub(max));
            e.intoMemorySegment(ALL, y + 4L * i, ORDER);
            sum = e.add(sum);
        }
        return Fold.sum(sum);
    }

    @Override
    public double dot(int n, long a, long b) {
        int whole = n - n % L;
        double rest = scalar.dot(n - whole, a + 4L * whole, b + 4L * whole);
        if (whole == 0) {
            return rest;
        }
        var sum = FloatVector.zero(S);
        for (int i = 0; i < whole; i += L) {
            sum = FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER)
                    .fma(FloatVector.fromMemorySegment(S, ALL, b + 4L * i, ORDER), sum);
        }
        return rest + Fold.sum(sum);
    }

    @Override
    public void gradient(boolean log, int n, long y, long dy, float sum, long dx) {
        int whole = n - n % L;
        if (log) {
            logGradient(whole, y, dy, sum, dx);
        } else {
            for (int i = 0; i < whole; i += L) {
                FloatVector.fromMemorySegment(S, ALL, dy + 4L * i, ORDER).sub(sum)
                        .mul(FloatVector.fromMemorySegment(S, ALL, y + 4L * i, ORDER))
                        .intoMemorySegment(ALL, dx + 4L * i, ORDER);
            }
        }
        long rest = 4L * whole;
        scalar.gradient(log, n - whole, y + rest, dy + rest, sum, dx + rest);
    }

    private static void logGradient(int n, long y, long dy, float sum, long dx) {
        var minus = FloatVector.broadcast(S, -sum);
        for (int i = 0; i < n; i += L) {
            VectorMath.exp(FloatVector.fromMemorySegment(S, ALL, y + 4L * i, ORDER))
                    .fma(minus, FloatVector.fromMemorySegment(S, ALL, dy + 4L * i, ORDER))
                    .intoMemorySegment(ALL, dx + 4L * i, ORDER);
        }
    }
}
