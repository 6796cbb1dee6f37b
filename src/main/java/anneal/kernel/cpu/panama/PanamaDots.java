package anneal.kernel.cpu.panama;

import static anneal.kernel.cpu.Native.ADDRESS;
import static anneal.kernel.cpu.Native.ALL;
import static anneal.kernel.cpu.Native.FLOAT;
import static anneal.kernel.cpu.Native.ORDER;
import static anneal.kernel.cpu.Native.STRIDE;

import anneal.kernel.cpu.DotLanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link DotLanes} in tiles of four rows by three columns, whose twelve sums stay in registers. Where rows or columns
 * are left over, a tile computes its last one again instead, and what it has too many is not stored.
 */
final class PanamaDots implements DotLanes {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final long BYTES = S.vectorByteSize();
    private static final int ROWS = 4;
    private static final int COLS = 3;

    @Override
    public int width() {
        return S.length();
    }

    @Override
    public long scratchBytes() {
        return ROWS * COLS * BYTES;
    }

    @Override
    public void multiply(int rows, int cols, int segments, int depth, long a, long aRow, long aSegment,
                         long b, long bCol, long bSegment, long c, long cRow, long scratch) {
        for (int r = 0; r < rows; r += ROWS) {
            int lastRow = Math.min(ROWS, rows - r) - 1;
            for (int j = 0; j < cols; j += COLS) {
                int lastCol = Math.min(COLS, cols - j) - 1;
                sums(segments, 4L * depth, a + r * aRow, aSegment, Math.min(1, lastRow) * aRow,
                        Math.min(2, lastRow) * aRow, lastRow * aRow, b + j * bCol, bSegment,
                        Math.min(1, lastCol) * bCol, lastCol * bCol, scratch);
                fold(lastRow + 1, lastCol + 1, scratch, c + r * cRow + 4L * j, cRow);
            }
        }
    }

    /** The sums of a tile, every lane's own, row by row: rows and columns at these distances from the first. */
    private static void sums(int segments, long run, long a, long aSegment, long row1, long row2, long row3,
                             long b, long bSegment, long col1, long col2, long to) {
        long r1 = row1 & STRIDE;
        long r2 = row2 & STRIDE;
        long r3 = row3 & STRIDE;
        long q1 = col1 & STRIDE;
        long q2 = col2 & STRIDE;
        var c00 = FloatVector.zero(S);
        var c01 = FloatVector.zero(S);
        var c02 = FloatVector.zero(S);
        var c10 = FloatVector.zero(S);
        var c11 = FloatVector.zero(S);
        var c12 = FloatVector.zero(S);
        var c20 = FloatVector.zero(S);
        var c21 = FloatVector.zero(S);
        var c22 = FloatVector.zero(S);
        var c30 = FloatVector.zero(S);
        var c31 = FloatVector.zero(S);
        var c32 = FloatVector.zero(S);
        for (int s = 0; s < segments; s++) {
            long q = b + s * bSegment;
            long p = a + s * aSegment;
            for (long end = p + run; p != end; p += BYTES) {
                long u = p & ADDRESS;
                long w = q & ADDRESS;
                var b0 = FloatVector.fromMemorySegment(S, ALL, w, ORDER);
                var b1 = FloatVector.fromMemorySegment(S, ALL, w + q1, ORDER);
                var b2 = FloatVector.fromMemorySegment(S, ALL, w + q2, ORDER);
                var a0 = FloatVector.fromMemorySegment(S, ALL, u, ORDER);
                c00 = a0.fma(b0, c00);
                c01 = a0.fma(b1, c01);
                c02 = a0.fma(b2, c02);
                var a1 = FloatVector.fromMemorySegment(S, ALL, u + r1, ORDER);
                c10 = a1.fma(b0, c10);
                c11 = a1.fma(b1, c11);
                c12 = a1.fma(b2, c12);
                var a2 = FloatVector.fromMemorySegment(S, ALL, u + r2, ORDER);
                c20 = a2.fma(b0, c20);
                c21 = a2.fma(b1, c21);
                c22 = a2.fma(b2, c22);
                var a3 = FloatVector.fromMemorySegment(S, ALL, u + r3, ORDER);
                c30 = a3.fma(b0, c30);
                c31 = a3.fma(b1, c31);
                c32 = a3.fma(b2, c32);
                q += BYTES;
            }
        }
        long at = to & ADDRESS;
        c00.intoMemorySegment(ALL, at, ORDER);
        c01.intoMemorySegment(ALL, at + BYTES, ORDER);
        c02.intoMemorySegment(ALL, at + 2 * BYTES, ORDER);
        c10.intoMemorySegment(ALL, at + 3 * BYTES, ORDER);
        c11.intoMemorySegment(ALL, at + 4 * BYTES, ORDER);
        c12.intoMemorySegment(ALL, at + 5 * BYTES, ORDER);
        c20.intoMemorySegment(ALL, at + 6 * BYTES, ORDER);
        c21.intoMemorySegment(ALL, at + 7 * BYTES, ORDER);
        c22.intoMemorySegment(ALL, at + 8 * BYTES, ORDER);
        c30.intoMemorySegment(ALL, at + 9 * BYTES, ORDER);
        c31.intoMemorySegment(ALL, at + 10 * BYTES, ORDER);
        c32.intoMemorySegment(ALL, at + 11 * BYTES, ORDER);
    }

    private static void fold(int rows, int cols, long sums, long c, long cRow) {
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < cols; j++) {
                var sum = FloatVector.fromMemorySegment(S, ALL, sums + (r * COLS + j) * BYTES & ADDRESS, ORDER);
                ALL.set(FLOAT, c + r * cRow + 4L * j & ADDRESS, Fold.sum(sum));
            }
        }
    }
}
