package anneal.kernel.cpu.panama;

import static anneal.kernel.cpu.Native.ADDRESS;
import static anneal.kernel.cpu.Native.ALL;
import static anneal.kernel.cpu.Native.FLOAT;
import static anneal.kernel.cpu.Native.ORDER;
import static anneal.kernel.cpu.Native.STRIDE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register tiles of four rows: the sums stay in vector registers while k runs, each step broadcasts a float of A for
 * every row and multiplies it with the vectors of one row of B. Written out, because C2 keeps only local variables
 * in registers. {@code from} is what the sums are added to, C itself or zeros: with a branch here C2 makes far slower
 * code.
 * Only one vector of columns may be a part of one: masks make so many compiler nodes that C2 stops inlining.
 * A narrow tile's loop is not one that C2 counts: it would unroll that, load ahead and spill.
 * Addresses go through {@code & ADDRESS} for the reason given there.
 */
final class Tile4 {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final long BYTES = S.vectorByteSize();

    private Tile4() {
    }

    /** 4 rows by 4 vectors. */
    static void rows4x4(int segments, int depth, long a, long aSegment, long aRow, long aDepth,
                         long b, long bSegment, long bDepth, long from, long fromRow, long c, long cRow) {
        long rowA = aRow & STRIDE;
        var c00 = FloatVector.zero(S);
        var c01 = FloatVector.zero(S);
        var c02 = FloatVector.zero(S);
        var c03 = FloatVector.zero(S);
        var c10 = FloatVector.zero(S);
        var c11 = FloatVector.zero(S);
        var c12 = FloatVector.zero(S);
        var c13 = FloatVector.zero(S);
        var c20 = FloatVector.zero(S);
        var c21 = FloatVector.zero(S);
        var c22 = FloatVector.zero(S);
        var c23 = FloatVector.zero(S);
        var c30 = FloatVector.zero(S);
        var c31 = FloatVector.zero(S);
        var c32 = FloatVector.zero(S);
        var c33 = FloatVector.zero(S);
        for (int s = 0; s < segments; s++) {
            long p = a + s * aSegment;
            long q = b + s * bSegment;
            for (int k = 0; k < depth; k++) {
                long u = p & ADDRESS;
                long w = q & ADDRESS;
                var b0 = FloatVector.fromMemorySegment(S, ALL, w, ORDER);
                var b1 = FloatVector.fromMemorySegment(S, ALL, w + BYTES, ORDER);
                var b2 = FloatVector.fromMemorySegment(S, ALL, w + 2 * BYTES, ORDER);
                var b3 = FloatVector.fromMemorySegment(S, ALL, w + 3 * BYTES, ORDER);
                var a0 = FloatVector.broadcast(S, ALL.get(FLOAT, u));
                c00 = a0.fma(b0, c00);
                c01 = a0.fma(b1, c01);
                c02 = a0.fma(b2, c02);
                c03 = a0.fma(b3, c03);
                var a1 = FloatVector.broadcast(S, ALL.get(FLOAT, u + rowA));
                c10 = a1.fma(b0, c10);
                c11 = a1.fma(b1, c11);
                c12 = a1.fma(b2, c12);
                c13 = a1.fma(b3, c13);
                var a2 = FloatVector.broadcast(S, ALL.get(FLOAT, u + 2 * rowA));
                c20 = a2.fma(b0, c20);
                c21 = a2.fma(b1, c21);
                c22 = a2.fma(b2, c22);
                c23 = a2.fma(b3, c23);
                var a3 = FloatVector.broadcast(S, ALL.get(FLOAT, u + 3 * rowA));
                c30 = a3.fma(b0, c30);
                c31 = a3.fma(b1, c31);
                c32 = a3.fma(b2, c32);
                c33 = a3.fma(b3, c33);
                p += aDepth;
                q += bDepth;
            }
        }
        long start = from & ADDRESS;
        long startRow = fromRow & STRIDE;
        long to = c & ADDRESS;
        long toRow = cRow & STRIDE;
        c00.add(FloatVector.fromMemorySegment(S, ALL, start, ORDER))
                .intoMemorySegment(ALL, to, ORDER);
        c01.add(FloatVector.fromMemorySegment(S, ALL, start + BYTES, ORDER))
                .intoMemorySegment(ALL, to + BYTES, ORDER);
        c02.add(FloatVector.fromMemorySegment(S, ALL, start + 2 * BYTES, ORDER))
                .intoMemorySegment(ALL, to + 2 * BYTES, ORDER);
        c03.add(FloatVector.fromMemorySegment(S, ALL, start + 3 * BYTES, ORDER))
                .intoMemorySegment(ALL, to + 3 * BYTES, ORDER);
        c10.add(FloatVector.fromMemorySegment(S, ALL, start + startRow, ORDER))
                .intoMemorySegment(ALL, to + toRow, ORDER);
        c11.add(FloatVector.fromMemorySegment(S, ALL, start + startRow + BYTES, ORDER))
                .intoMemorySegment(ALL, to + toRow + BYTES, ORDER);
        c12.add(FloatVector.fromMemorySegment(S, ALL, start + startRow + 2 * BYTES, ORDER))
                .intoMemorySegment(ALL, to + toRow + 2 * BYTES, ORDER);
        c13.add(FloatVector.fromMemorySegment(S, ALL, start + startRow + 3 * BYTES, ORDER))
                .intoMemorySegment(ALL, to + toRow + 3 * BYTES, ORDER);
        c20.add(FloatVector.fromMemorySegment(S, ALL, start + 2 * startRow, ORDER))
                .intoMemorySegment(ALL, to + 2 * toRow, ORDER);
        c21.add(FloatVector.fromMemorySegment(S, ALL, start + 2 * startRow + BYTES, ORDER))
                .intoMemorySegment(ALL, to + 2 * toRow + BYTES, ORDER);
        c22.add(FloatVector.fromMemorySegment(S, ALL, start + 2 * startRow + 2 * BYTES, ORDER))
                .intoMemorySegment(ALL, to + 2 * toRow + 2 * BYTES, ORDER);
        c23.add(FloatVector.fromMemorySegment(S, ALL, start + 2 * startRow + 3 * BYTES, ORDER))
                .intoMemorySegment(ALL, to + 2 * toRow + 3 * BYTES, ORDER);
        c30.add(FloatVector.fromMemorySegment(S, ALL, start + 3 * startRow, ORDER))
                .intoMemorySegment(ALL, to + 3 * toRow, ORDER);
        c31.add(FloatVector.fromMemorySegment(S, ALL, start + 3 * startRow + BYTES, ORDER))
                .intoMemorySegment(ALL, to + 3 * toRow + BYTES, ORDER);
        c32.add(FloatVector.fromMemorySegment(S, ALL, start + 3 * startRow + 2 * BYTES, ORDER))
                .intoMemorySegment(ALL, to + 3 * toRow + 2 * BYTES, ORDER);
        c33.add(FloatVector.fromMemorySegment(S, ALL, start + 3 * startRow + 3 * BYTES, ORDER))
                .intoMemorySegment(ALL, to + 3 * toRow + 3 * BYTES, ORDER);
    }

    /** 4 rows by 2 vectors. */
    static void rows4x2(int segments, int depth, long a, long aSegment, long aRow, long aDepth,
                         long b, long bSegment, long bDepth, long from, long fromRow, long c, long cRow) {
        long rowA = aRow & STRIDE;
        var c00 = FloatVector.zero(S);
        var c01 = FloatVector.zero(S);
        var c10 = FloatVector.zero(S);
        var c11 = FloatVector.zero(S);
        var c20 = FloatVector.zero(S);
        var c21 = FloatVector.zero(S);
        var c30 = FloatVector.zero(S);
        var c31 = FloatVector.zero(S);
        for (int s = 0; s < segments; s++) {
            long p = a + s * aSegment;
            long q = b + s * bSegment;
            for (long end = q + depth * bDepth; q != end; q += bDepth) {
                long u = p & ADDRESS;
                long w = q & ADDRESS;
                var b0 = FloatVector.fromMemorySegment(S, ALL, w, ORDER);
                var b1 = FloatVector.fromMemorySegment(S, ALL, w + BYTES, ORDER);
                var a0 = FloatVector.broadcast(S, ALL.get(FLOAT, u));
                c00 = a0.fma(b0, c00);
                c01 = a0.fma(b1, c01);
                var a1 = FloatVector.broadcast(S, ALL.get(FLOAT, u + rowA));
                c10 = a1.fma(b0, c10);
                c11 = a1.fma(b1, c11);
                var a2 = FloatVector.broadcast(S, ALL.get(FLOAT, u + 2 * rowA));
                c20 = a2.fma(b0, c20);
                c21 = a2.fma(b1, c21);
                var a3 = FloatVector.broadcast(S, ALL.get(FLOAT, u + 3 * rowA));
                c30 = a3.fma(b0, c30);
                c31 = a3.fma(b1, c31);
                p += aDepth;
            }
        }
        long start = from & ADDRESS;
        long startRow = fromRow & STRIDE;
        long to = c & ADDRESS;
        long toRow = cRow & STRIDE;
        c00.add(FloatVector.fromMemorySegment(S, ALL, start, ORDER))
                .intoMemorySegment(ALL, to, ORDER);
        c01.add(FloatVector.fromMemorySegment(S, ALL, start + BYTES, ORDER))
                .intoMemorySegment(ALL, to + BYTES, ORDER);
        c10.add(FloatVector.fromMemorySegment(S, ALL, start + startRow, ORDER))
                .intoMemorySegment(ALL, to + toRow, ORDER);
        c11.add(FloatVector.fromMemorySegment(S, ALL, start + startRow + BYTES, ORDER))
                .intoMemorySegment(ALL, to + toRow + BYTES, ORDER);
        c20.add(FloatVector.fromMemorySegment(S, ALL, start + 2 * startRow, ORDER))
                .intoMemorySegment(ALL, to + 2 * toRow, ORDER);
        c21.add(FloatVector.fromMemorySegment(S, ALL, start + 2 * startRow + BYTES, ORDER))
                .intoMemorySegment(ALL, to + 2 * toRow + BYTES, ORDER);
        c30.add(FloatVector.fromMemorySegment(S, ALL, start + 3 * startRow, ORDER))
                .intoMemorySegment(ALL, to + 3 * toRow, ORDER);
        c31.add(FloatVector.fromMemorySegment(S, ALL, start + 3 * startRow + BYTES, ORDER))
                .intoMemorySegment(ALL, to + 3 * toRow + BYTES, ORDER);
    }

    /** 4 rows by 1 vector. */
    static void rows4x1(int segments, int depth, long a, long aSegment, long aRow, long aDepth,
                         long b, long bSegment, long bDepth, long from, long fromRow, long c, long cRow,
                         VectorMask<Float> mask) {
        long rowA = aRow & STRIDE;
        var c00 = FloatVector.zero(S);
        var c10 = FloatVector.zero(S);
        var c20 = FloatVector.zero(S);
        var c30 = FloatVector.zero(S);
        for (int s = 0; s < segments; s++) {
            long p = a + s * aSegment;
            long q = b + s * bSegment;
            for (long end = q + depth * bDepth; q != end; q += bDepth) {
                long u = p & ADDRESS;
                long w = q & ADDRESS;
                var b0 = FloatVector.fromMemorySegment(S, ALL, w, ORDER);
                var a0 = FloatVector.broadcast(S, ALL.get(FLOAT, u));
                c00 = a0.fma(b0, c00);
                var a1 = FloatVector.broadcast(S, ALL.get(FLOAT, u + rowA));
                c10 = a1.fma(b0, c10);
                var a2 = FloatVector.broadcast(S, ALL.get(FLOAT, u + 2 * rowA));
                c20 = a2.fma(b0, c20);
                var a3 = FloatVector.broadcast(S, ALL.get(FLOAT, u + 3 * rowA));
                c30 = a3.fma(b0, c30);
                p += aDepth;
            }
        }
        long start = from & ADDRESS;
        long startRow = fromRow & STRIDE;
        long to = c & ADDRESS;
        long toRow = cRow & STRIDE;
        c00.add(FloatVector.fromMemorySegment(S, ALL, start, ORDER, mask))
                .intoMemorySegment(ALL, to, ORDER, mask);
        c10.add(FloatVector.fromMemorySegment(S, ALL, start + startRow, ORDER, mask))
                .intoMemorySegment(ALL, to + toRow, ORDER, mask);
        c20.add(FloatVector.fromMemorySegment(S, ALL, start + 2 * startRow, ORDER, mask))
                .intoMemorySegment(ALL, to + 2 * toRow, ORDER, mask);
        c30.add(FloatVector.fromMemorySegment(S, ALL, start + 3 * startRow, ORDER, mask))
                .intoMemorySegment(ALL, to + 3 * toRow, ORDER, mask);
    }
}
