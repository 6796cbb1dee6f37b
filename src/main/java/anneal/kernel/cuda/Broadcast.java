package anneal.kernel.cuda;

import anneal.kernel.Buf;
import anneal.kernel.Shape;
import java.util.Arrays;

/**
 * A nest of loops over an output's elements and the strides of all operands in it. Neighbouring axes that every operand
 * walks in one stride are joined, so dense operands make a single loop.
 *
 * @param extents the loops, outermost first; at least one
 * @param strides for each operand, elements from one step of each loop to the next; 0 repeats the operand
 */
record Broadcast(long[] extents, long[][] strides) {
    /** @param operands all broadcast to {@code out} */
    static Broadcast of(Shape out, Buf... operands) {
        int rank = Math.max(1, out.rank());
        var extents = new long[rank];
        var strides = new long[operands.length][rank];
        int loops = 0;
        for (int axis = 0; axis < rank; axis++) {
            int extent = out.rank() == 0 ? 1 : out.dim(axis);
            if (extent == 1 && (loops > 0 || axis < rank - 1)) {
                continue;
            }
            boolean joins = loops > 0;
            for (int i = 0; i < operands.length; i++) {
                strides[i][loops] = stride(operands[i], axis - rank);
                joins = joins && strides[i][loops - 1] == extent * strides[i][loops];
            }
            if (joins) {
                loops--;
                for (var s : strides) {
                    s[loops] = s[loops + 1];
                }
            }
            extents[loops] = joins ? extents[loops] * extent : extent;
            loops++;
        }
        return new Broadcast(Arrays.copyOf(extents, loops), strides);
    }

    /** Elements from one index of {@code axis}, counted from the end as -1, -2, ..., to the next. */
    private static long stride(Buf b, int axis) {
        var shape = b.shape();
        if (-axis > shape.rank() || shape.dim(axis) == 1) {
            return 0;
        }
        if (axis == -1) {
            return 1;
        }
        long stride = b.rowPitch();
        for (int a = -2; a > axis; a--) {
            stride *= shape.dim(a);
        }
        return stride;
    }
}
