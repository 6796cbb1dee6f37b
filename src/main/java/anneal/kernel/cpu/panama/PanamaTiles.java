package anneal.kernel.cpu.panama;

import anneal.kernel.cpu.Native;
import anneal.kernel.cpu.TileLanes;
import java.lang.foreign.Arena;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Cuts a product into register tiles. */
final class PanamaTiles implements TileLanes {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final long BYTES = S.vectorByteSize();
    /**
     * 5x4 sums and what they are made of take 26 registers: x86 has so many with 512 bits only, ARM always. C2 begins
     * to spill when more than 28 of 32 are in use, which makes larger tiles slower.
     */
    private static final boolean MANY_REGISTERS = S.vectorBitSize() == 512
            || System.getProperty("os.arch").equals("aarch64");
    private static final int WIDEST = MANY_REGISTERS ? 4 : 2;
    /** A row of a panel. */
    private static final long ZEROS = Native.allocate(Arena.global(), 4 * PANEL);
    /** By the number of lanes in use. */
    private static final VectorMask<?>[] MASKS = new VectorMask<?>[LANES + 1];

    static {
        for (int i = 0; i <= LANES; i++) {
            MASKS[i] = S.indexInRange(0, i);
        }
    }

    @Override
    public int width() {
        return LANES;
    }

    @Override
    public void multiply(int rows, int cols, int segments, int depth, long a, long aSegment, long aRow, long aDepth,
                         long b, long bSegment, long bDepth, long c, long cRow, boolean add) {
        int left = cols;
        for (long shift = 0; left > 0;) {
            // whole vectors by fours and twos, then one that may be partial
            int whole = left / LANES;
            int vectors = whole >= WIDEST ? WIDEST : whole >= 2 ? 2 : 1;
            columns(vectors, mask(Math.min(left, LANES)), rows, segments, depth, a, aSegment, aRow, aDepth,
                    b + shift, bSegment, bDepth, c + shift, cRow, add);
            left -= vectors * LANES;
            shift += vectors * BYTES;
        }
    }

    @SuppressWarnings("unchecked")
    private static VectorMask<Float> mask(int lanes) {
        return (VectorMask<Float>) MASKS[lanes];
    }

    /** All rows of up to four vectors of columns. */
    private static void columns(int vectors, VectorMask<Float> mask, int rows, int segments, int depth,
                                long a, long aSegment, long aRow, long aDepth,
                                long b, long bSegment, long bDepth, long c, long cRow, boolean add) {
        long startRow = add ? cRow : 0;
        for (int r = 0; r < rows;) {
            int count = next(rows - r);
            long p = a + r * aRow;
            long q = c + r * cRow;
            long start = add ? q : ZEROS;
            if (count == 5) {
                switch (vectors) {
                    case 4 -> Tile5.rows5x4(segments, depth, p, aSegment, aRow, aDepth,
                            b, bSegment, bDepth, start, startRow, q, cRow);
                    case 2 -> Tile5.rows5x2(segments, depth, p, aSegment, aRow, aDepth,
                            b, bSegment, bDepth, start, startRow, q, cRow);
                    default -> Tile5.rows5x1(segments, depth, p, aSegment, aRow, aDepth,
                            b, bSegment, bDepth, start, startRow, q, cRow, mask);
                }
            } else if (count == 4) {
                switch (vectors) {
                    case 4 -> Tile4.rows4x4(segments, depth, p, aSegment, aRow, aDepth,
                            b, bSegment, bDepth, start, startRow, q, cRow);
                    case 2 -> Tile4.rows4x2(segments, depth, p, aSegment, aRow, aDepth,
                            b, bSegment, bDepth, start, startRow, q, cRow);
                    default -> Tile4.rows4x1(segments, depth, p, aSegment, aRow, aDepth,
                            b, bSegment, bDepth, start, startRow, q, cRow, mask);
                }
            } else {
                switch (vectors) {
                    case 4 -> Tile1.rows1x4(segments, depth, p, aSegment, aRow, aDepth,
                            b, bSegment, bDepth, start, startRow, q, cRow);
                    case 2 -> Tile1.rows1x2(segments, depth, p, aSegment, aRow, aDepth,
                            b, bSegment, bDepth, start, startRow, q, cRow);
                    default -> Tile1.rows1x1(segments, depth, p, aSegment, aRow, aDepth,
                            b, bSegment, bDepth, start, startRow, q, cRow, mask);
                }
            }
            r += count;
        }
    }

    /** How many of the rows that are left to take at once: any number from 12 on is made of fives and fours. */
    private static int next(int left) {
        if (left < 4) {
            return 1;
        }
        return left % 4 == 0 ? 4 : 5;
    }
}
