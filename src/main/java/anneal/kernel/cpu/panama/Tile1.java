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
 * Register tiles of one row: the sums stay in vector registers while k runs, each step broadcasts a float of A for
 * every row and multiplies it with the vectors of one row of B. Written out, because C2 keeps only local variables
 * in registers. {@code from} is what the sums are added to, C itself or zeros: with a branch here C2 makes far slower
 * code.
 * Only one vector of columns may be a part of one: masks make so many compiler nodes that C2 stops inlining.
 * A narrow tile's loop is not one that C2 counts: it would unroll that, load ahead and spill.
 * Addresses go through {@code & ADDRESS} for the reason given there.
 */
final class Tile1 {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final long BYTES = S.vectorByteSize();

    private Tile1() {
    }

    /** 1 row by 4 vectors. */
    static void rows1x4(int segments, int depth, long a, long aSegment, long aRow, long aDepth,
                         long b, long bSegment, long bDepth, long from, long fromRow, long c, long cRow) {
        var c00 = FloatVector.zero(S);
        var c01 = FloatVector.zero(S);
        var c02 = FloatVector.zero(S);
        var c03 = FloatVector.zero(S);
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
                p += aDepth;
                q += bDepth;
            }
        }
        long start = from & ADDRESS;
        long to = c & ADDRESS;
        c00.add(FloatVector.fromMemorySegment(S, ALL, start, ORDER))
                .intoMemorySegment(ALL, to, ORDER);
        c01.add(FloatVector.fromMemorySegment(S, ALL, start + BYTES, ORDER))
                .intoMemorySegment(ALL, to + BYTES, ORDER);
        c02.add(FloatVector.fromMemorySegment(S, ALL, start + 2 * BYTES, ORDER))
                .intoMemorySegment(ALL, to + 2 * BYTES, ORDER);
        c03.add(FloatVector.fromMemorySegment(S, ALL, start + 3 * BYTES, ORDER))
                .intoMemorySegment(ALL, to + 3 * BYTES, ORDER);
    }

    /** 1 row by 2 vectors. */
    static void rows1x2(int segments, int depth, long a, long aSegment, long aRow, long aDepth,
                         long b, long bSegment, long bDepth, long from, long fromRow, long c, long cRow) {
        var c00 = FloatVector.zero(S);
        var c01 = FloatVector.zero(S);
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
                p += aDepth;
            }
        }
        long start = from & ADDRESS;
        long to = c & ADDRESS;
        c00.add(FloatVector.fromMemorySegment(S, ALL, start, ORDER))
                .intoMemorySegment(ALL, to, ORDER);
        c01.add(FloatVector.fromMemorySegment(S, ALL, start + BYTES, ORDER))
                .intoMemorySegment(ALL, to + BYTES, ORDER);
    }

    /** 1 row by 1 vector. */
    static void rows1x1(int segments, int depth, long a, long aSegment, long aRow, long aDepth,
                         long b, long bSegment, long bDepth, long from, long fromRow, long c, long cRow,
                         VectorMask<Float> mask) {
        var c00 = FloatVector.zero(S);
        for (int s = 0; s < segments; s++) {
            long p = a + s * aSegment;
            long q = b + s * bSegment;
            for (long end = q + depth * bDepth; q != end; q += bDepth) {
                long u = p & ADDRESS;
                long w = q & ADDRESS;
                var b0 = FloatVector.fromMemorySegment(S, ALL, w, ORDER);
                var a0 = FloatVector.broadcast(S, ALL.get(FLOAT, u));
                c00 = a0.fma(b0, c00);
                p += aDepth;
            }
        }
        long start = from & ADDRESS;
        long to = c & ADDRESS;
        c00.add(FloatVector.fromMemorySegment(S, ALL, start, ORDER, mask))
                .intoMemorySegment(ALL, to, ORDER, mask);
    }
}
