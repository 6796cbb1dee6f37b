package anneal.kernel.cuda;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Epilogue;
import anneal.kernel.Plan.Part;
import java.util.Set;

/** The struct Finish of kernels/mat_finish.cuh: where results go and what they meet on the way. */
final class EpilogueArguments {
    /** What these kernels do themselves. */
    static final Set<Part> FUSED = Set.of(Part.BIAS, Part.ROW_ADD, Part.RESIDUAL, Part.ACTIVATION);
    private static final int Y_BF16 = 1;
    private static final int BIAS_BF16 = 2;
    private static final int ROW_ADD_BF16 = 4;
    private static final int RESIDUAL_BF16 = 8;

    private EpilogueArguments() {
    }

    /**
     * @param yEntry        elements from one matrix of a batch to the next
     * @param yPitch        elements from one row to the next
     * @param rowsPerSample rows that share one of rowAdd
     * @param partial       for the parts of sums, or null
     */
    static Object[] fields(Buf y, long yEntry, long yPitch, Epilogue e, MatTiles t, int rowsPerSample, Buf partial) {
        return fields(y, yEntry, yPitch, e, t.entries(), t.m(), t.n(), t.splits(), rowsPerSample, partial);
    }

    /** As the other, for {@code entries} matrices [rows, columns] whose sums are cut into {@code splits} parts. */
    static Object[] fields(Buf y, long yEntry, long yPitch, Epilogue e, int entries, int rows, int columns, int splits,
                           int rowsPerSample, Buf partial) {
        int types = bit(y, Y_BF16) | bit(e.bias(), BIAS_BF16) | bit(e.rowAdd(), ROW_ADD_BF16)
                | bit(e.residual(), RESIDUAL_BF16);
        return new Object[] {y, e.bias(), e.rowAdd(), e.residual(), splits == 1 ? null : partial,
            yEntry, yPitch, pitch(e.rowAdd()), pitch(e.residual()),
            entries, rows, columns, Math.max(1, rowsPerSample),
            (float) e.alpha(), (float) e.beta(), e.act().ordinal(), types, splits, 0};
    }

    private static int bit(Buf b, int bit) {
        return b != null && b.type() == DType.BF16 ? bit : 0;
    }

    private static long pitch(Buf b) {
        return b == null ? 0L : b.rowPitch();
    }
}
