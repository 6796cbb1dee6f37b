package anneal.kernel.cpu.panama;

import static anneal.kernel.cpu.Native.ADDRESS;
import static anneal.kernel.cpu.Native.ALL;
import static anneal.kernel.cpu.Native.ORDER;

import anneal.kernel.cpu.Native;
import anneal.kernel.cpu.ScoreLanes;
import anneal.kernel.cpu.TileLanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link ScoreLanes} on vectors of neighbouring queries. */
final class PanamaScores implements ScoreLanes {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final long ROW = 4L * TileLanes.PANEL;
    private static final FloatVector IOTA = FloatVector.zero(S).addIndex(1);

    @Override
    public void softmax(int keys, int queries, long scores, float scale, long visible, int diagonal, long state) {
        for (int i = 0; i < queries; i += LANES) {
            long column = scores + 4L * i;
            mask(keys, i, column, visible, diagonal, scale);
            maxima(keys, column, scale, state + 4L * i);
            factors(state + 4L * i);
            exponentials(keys, column, scale, state + 4L * i);
        }
    }

    /** Writes minus infinity over what a query may not see; a negative scale would turn it round, hence its sign. */
    private static void mask(int keys, int query, long column, long visible, int diagonal, float scale) {
        float hidden = scale < 0 ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
        if (visible != 0) {
            for (int j = 0; j < keys; j++) {
                if (Native.get(visible + 4L * j) == 0) {
                    FloatVector.broadcast(S, hidden).intoMemorySegment(ALL, column + j * ROW & ADDRESS, ORDER);
                }
            }
        }
        for (int j = Math.max(0, query + diagonal + 1); j < keys; j++) {
            var row = FloatVector.fromMemorySegment(S, ALL, column + j * ROW & ADDRESS, ORDER);
            // lanes below j - diagonal - query are too early for this key
            row.blend(hidden, IOTA.lt(j - diagonal - query)).intoMemorySegment(ALL, column + j * ROW & ADDRESS, ORDER);
        }
    }

    // One loop a method, compiled by itself (CompilerHints): together they make more nodes than C2 inlines within, and
    // then it boxes every vector. What a loop carries is never the receiver of a call, for the reason that Fold gives.

    /** Takes the running maxima on and leaves those before in the third row of the state. */
    private static void maxima(int keys, long column, float scale, long at) {
        var before = FloatVector.fromMemorySegment(S, ALL, at & ADDRESS, ORDER);
        before.intoMemorySegment(ALL, at + 2 * ROW & ADDRESS, ORDER);
        var max = before;
        for (int j = 0; j < keys; j++) {
            var s = FloatVector.fromMemorySegment(S, ALL, column + j * ROW & ADDRESS, ORDER).mul(scale);
            max = s.blend(max, s.compare(VectorOperators.GT, max).not());
        }
        Fold.certain(max).intoMemorySegment(ALL, at & ADDRESS, ORDER);
    }

    /** Turns the third row of the state from earlier maxima into factors, and applies them to the sums so far. */
    private static void factors(long at) {
        var max = FloatVector.fromMemorySegment(S, ALL, at & ADDRESS, ORDER);
        var base = max.blend(0, max.eq(Float.NEGATIVE_INFINITY));
        var before = FloatVector.fromMemorySegment(S, ALL, at + 2 * ROW & ADDRESS, ORDER);
        var factor = VectorMath.expOfNegative(before.sub(base));
        factor.intoMemorySegment(ALL, at + 2 * ROW & ADDRESS, ORDER);
        factor.mul(FloatVector.fromMemorySegment(S, ALL, at + ROW & ADDRESS, ORDER))
                .intoMemorySegment(ALL, at + ROW & ADDRESS, ORDER);
    }

    private static void exponentials(int keys, long column, float scale, long at) {
        var max = FloatVector.fromMemorySegment(S, ALL, at & ADDRESS, ORDER);
        var base = max.blend(0, max.eq(Float.NEGATIVE_INFINITY));
        var sum = FloatVector.zero(S);
        for (int j = 0; j < keys; j++) {
            var s = FloatVector.fromMemorySegment(S, ALL, column + j * ROW & ADDRESS, ORDER).mul(scale);
            var e = VectorMath.expOfNegative(s.sub(base));
            e.intoMemorySegment(ALL, column + j * ROW & ADDRESS, ORDER);
            sum = e.add(sum);
        }
        FloatVector.fromMemorySegment(S, ALL, at + ROW & ADDRESS, ORDER).add(sum)
                .intoMemorySegment(ALL, at + ROW & ADDRESS, ORDER);
    }

    @Override
    public void softmaxGradient(int keys, int queries, long scores, long gradients, float scale, long visible,
                                int diagonal, long logSumExp, long delta) {
        for (int i = 0; i < queries; i += LANES) {
            mask(keys, i, scores + 4L * i, visible, diagonal, scale);
            gradient(keys, scores + 4L * i, gradients + 4L * i, scale, logSumExp + 4L * i, delta + 4L * i);
        }
    }

    private static void gradient(int keys, long column, long gradients, float scale, long logSumExp, long delta) {
        var base = FloatVector.fromMemorySegment(S, ALL, logSumExp & ADDRESS, ORDER);
        var inner = FloatVector.fromMemorySegment(S, ALL, delta & ADDRESS, ORDER);
        for (int j = 0; j < keys; j++) {
            var s = FloatVector.fromMemorySegment(S, ALL, column + j * ROW & ADDRESS, ORDER);
            var p = VectorMath.expOfNegative(s.mul(scale).sub(base));
            p.intoMemorySegment(ALL, column + j * ROW & ADDRESS, ORDER);
            var g = FloatVector.fromMemorySegment(S, ALL, gradients + j * ROW & ADDRESS, ORDER);
            g.sub(inner).mul(p).mul(scale).intoMemorySegment(ALL, gradients + j * ROW & ADDRESS, ORDER);
        }
    }

    @Override
    public void innerProducts(int depth, int queries, long a, long b, long out) {
        for (int i = 0; i < queries; i += LANES) {
            var sum = FloatVector.zero(S);
            for (int k = 0; k < depth; k++) {
                long at = 4L * i + k * ROW;
                sum = FloatVector.fromMemorySegment(S, ALL, a + at & ADDRESS, ORDER)
                        .fma(FloatVector.fromMemorySegment(S, ALL, b + at & ADDRESS, ORDER), sum);
            }
            sum.intoMemorySegment(ALL, out + 4L * i & ADDRESS, ORDER);
        }
    }
}
