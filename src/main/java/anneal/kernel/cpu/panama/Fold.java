package anneal.kernel.cpu.panama;

import jdk.incubator.vector.FloatVector;

/**
 * The lanes of one vector joined in a fixed order. Lane numbers are written out because C2 extracts a lane only when
 * its number is a constant; and {@code reduceLanes} does not add in the same order everywhere.
 */
final class Fold {
    private static final int L = FloatVector.SPECIES_PREFERRED.length();

    private Fold() {
    }

    /** The sum of all lanes, in double. */
    static double sum(FloatVector v) {
        double r = ((double) v.lane(0) + v.lane(1)) + ((double) v.lane(2) + v.lane(3));
        if (L > 4) {
            r += ((double) v.lane(4) + v.lane(5)) + ((double) v.lane(6) + v.lane(7));
        }
        if (L > 8) {
            r += (((double) v.lane(8) + v.lane(9)) + ((double) v.lane(10) + v.lane(11)))
                    + (((double) v.lane(12) + v.lane(13)) + ((double) v.lane(14) + v.lane(15)));
        }
        return r;
    }

    /** The largest lane; NaN if there is one. */
    static float max(FloatVector v) {
        float r = Math.max(Math.max(v.lane(0), v.lane(1)), Math.max(v.lane(2), v.lane(3)));
        if (L > 4) {
            r = Math.max(r, Math.max(Math.max(v.lane(4), v.lane(5)), Math.max(v.lane(6), v.lane(7))));
        }
        if (L > 8) {
            r = Math.max(r, Math.max(Math.max(v.lane(8), v.lane(9)), Math.max(v.lane(10), v.lane(11))));
            r = Math.max(r, Math.max(Math.max(v.lane(12), v.lane(13)), Math.max(v.lane(14), v.lane(15))));
        }
        return r;
    }
}
