package anneal.kernel.cpu.panama;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The lanes of one vector joined as a binary tree: every lane with the one half a vector away, then a quarter, and so
 * on. {@code reduceLanes} would not add in the same order everywhere.
 *
 * <p>Of a variable that a loop changes, C2 knows the vector class only from a profile that all of the program shares;
 * when that fails it boxes every vector of the loop. So loops that add up write {@code x.add(sum)}, not
 * {@code sum.add(x)}, where x was just loaded and its class is certain, and end with {@link #certain}; in a method that
 * is compiled by itself ({@code CompilerHints}) the end needs no help, and {@link #certain} makes C2 box there.
 */
final class Fold {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final VectorShuffle<Float> BY_8 = VectorShuffle.fromOp(S, i -> (i + 8) % L);
    private static final VectorShuffle<Float> BY_4 = VectorShuffle.fromOp(S, i -> (i + 4) % L);
    private static final VectorShuffle<Float> BY_2 = VectorShuffle.fromOp(S, i -> (i + 2) % L);
    private static final VectorShuffle<Float> BY_1 = VectorShuffle.fromOp(S, i -> (i + 1) % L);

    private Fold() {
    }

    /** The same lanes, of a class that C2 is certain of (and -0 as 0). */
    static FloatVector certain(FloatVector v) {
        return FloatVector.zero(S).add(v);
    }

    /** The sum of all lanes. */
    static float sum(FloatVector loopVariable) {
        var v = certain(loopVariable);
        if (L > 8) {
            v = v.add(v.rearrange(BY_8));
        }
        if (L > 4) {
            v = v.add(v.rearrange(BY_4));
        }
        v = v.add(v.rearrange(BY_2));
        return v.add(v.rearrange(BY_1)).lane(0);
    }

    /** The largest lane; NaN if there is one. */
    static float max(FloatVector loopVariable) {
        var v = certain(loopVariable);
        if (L > 8) {
            v = v.max(v.rearrange(BY_8));
        }
        if (L > 4) {
            v = v.max(v.rearrange(BY_4));
        }
        v = v.max(v.rearrange(BY_2));
        return v.max(v.rearrange(BY_1)).lane(0);
    }
}
