package anneal.kernel.cpu.panama;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The lanes of one vector joined as a binary tree: every lane with the one half a vector away, then a quarter, and so
 * on. {@code reduceLanes} would not add in the same order everywhere.
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

    /** The sum of all lanes. */
    static float sum(FloatVector v) {
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
    static float max(FloatVector v) {
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
