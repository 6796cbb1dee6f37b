package anneal.kernel.cpu.panama;

import static anneal.kernel.cpu.Native.ALL;
import static anneal.kernel.cpu.Native.FLOAT;
import static anneal.kernel.cpu.Native.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register tiles of six rows: the sums stay in vector registers while k runs, each step broadcasts a float of A for
 * every row and multiplies it with the vectors of one row of B. Written out, because C2 keeps only local variables
 * in registers. {@code from} is what the sums start with, C itself or zeros: with a branch here C2 makes far slower code.
 * {@code last} masks the last vector of a row of C.
 */
final class Tile6 {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final long BYTES = S.vectorByteSize();

    private Tile6() {
    }

    /** 6 rows by 4 vectors. */
    static void rows6x4(int segments, int depth, long a, long aSegment, long aRow, long aDepth,
                         long b, long bSegment, long bDepth, long from, long fromRow, long c, long cRow,
                         VectorMask<Float> last) {
        var c00 = FloatVector.fromMemorySegment(S, ALL, from, ORDER);
        var c01 = FloatVector.fromMemorySegment(S, ALL, from + BYTES, ORDER);
        var c02 = FloatVector.fromMemorySegment(S, ALL, from + 2 * BYTES, ORDER);
        var c03 = FloatVector.fromMemorySegment(S, ALL, from + 3 * BYTES, ORDER, last);
        var c10 = FloatVector.fromMemorySegment(S, ALL, from + fromRow, ORDER);
        var c11 = FloatVector.fromMemorySegment(S, ALL, from + fromRow + BYTES, ORDER);
        var c12 = FloatVector.fromMemorySegment(S, ALL, from + fromRow + 2 * BYTES, ORDER);
        var c13 = FloatVector.fromMemorySegment(S, ALL, from + fromRow + 3 * BYTES, ORDER, last);
        var c20 = FloatVector.fromMemorySegment(S, ALL, from + 2 * fromRow, ORDER);
        var c21 = FloatVector.fromMemorySegment(S, ALL, from + 2 * fromRow + BYTES, ORDER);
        var c22 = FloatVector.fromMemorySegment(S, ALL, from + 2 * fromRow + 2 * BYTES, ORDER);
        var c23 = FloatVector.fromMemorySegment(S, ALL, from + 2 * fromRow + 3 * BYTES, ORDER, last);
        var c30 = FloatVector.fromMemorySegment(S, ALL, from + 3 * fromRow, ORDER);
        var c31 = FloatVector.fromMemorySegment(S, ALL, from + 3 * fromRow + BYTES, ORDER);
        var c32 = FloatVector.fromMemorySegment(S, ALL, from + 3 * fromRow + 2 * BYTES, ORDER);
        var c33 = FloatVector.fromMemorySegment(S, ALL, from + 3 * fromRow + 3 * BYTES, ORDER, last);
        var c40 = FloatVector.fromMemorySegment(S, ALL, from + 4 * fromRow, ORDER);
        var c41 = FloatVector.fromMemorySegment(S, ALL, from + 4 * fromRow + BYTES, ORDER);
        var c42 = FloatVector.fromMemorySegment(S, ALL, from + 4 * fromRow + 2 * BYTES, ORDER);
        var c43 = FloatVector.fromMemorySegment(S, ALL, from + 4 * fromRow + 3 * BYTES, ORDER, last);
        var c50 = FloatVector.fromMemorySegment(S, ALL, from + 5 * fromRow, ORDER);
        var c51 = FloatVector.fromMemorySegment(S, ALL, from + 5 * fromRow + BYTES, ORDER);
        var c52 = FloatVector.fromMemorySegment(S, ALL, from + 5 * fromRow + 2 * BYTES, ORDER);
        var c53 = FloatVector.fromMemorySegment(S, ALL, from + 5 * fromRow + 3 * BYTES, ORDER, last);
        for (int s = 0; s < segments; s++) {
            long p = a + s * aSegment;
            long q = b + s * bSegment;
            for (int k = 0; k < depth; k++) {
                var b0 = FloatVector.fromMemorySegment(S, ALL, q, ORDER);
                var b1 = FloatVector.fromMemorySegment(S, ALL, q + BYTES, ORDER);
                var b2 = FloatVector.fromMemorySegment(S, ALL, q + 2 * BYTES, ORDER);
                var b3 = FloatVector.fromMemorySegment(S, ALL, q + 3 * BYTES, ORDER);
                var a0 = FloatVector.broadcast(S, ALL.get(FLOAT, p));
                c00 = a0.fma(b0, c00);
                c01 = a0.fma(b1, c01);
                c02 = a0.fma(b2, c02);
                c03 = a0.fma(b3, c03);
                var a1 = FloatVector.broadcast(S, ALL.get(FLOAT, p + aRow));
                c10 = a1.fma(b0, c10);
                c11 = a1.fma(b1, c11);
                c12 = a1.fma(b2, c12);
                c13 = a1.fma(b3, c13);
                var a2 = FloatVector.broadcast(S, ALL.get(FLOAT, p + 2 * aRow));
                c20 = a2.fma(b0, c20);
                c21 = a2.fma(b1, c21);
                c22 = a2.fma(b2, c22);
                c23 = a2.fma(b3, c23);
                var a3 = FloatVector.broadcast(S, ALL.get(FLOAT, p + 3 * aRow));
                c30 = a3.fma(b0, c30);
                c31 = a3.fma(b1, c31);
                c32 = a3.fma(b2, c32);
                c33 = a3.fma(b3, c33);
                var a4 = FloatVector.broadcast(S, ALL.get(FLOAT, p + 4 * aRow));
                c40 = a4.fma(b0, c40);
                c41 = a4.fma(b1, c41);
                c42 = a4.fma(b2, c42);
                c43 = a4.fma(b3, c43);
                var a5 = FloatVector.broadcast(S, ALL.get(FLOAT, p + 5 * aRow));
                c50 = a5.fma(b0, c50);
                c51 = a5.fma(b1, c51);
                c52 = a5.fma(b2, c52);
                c53 = a5.fma(b3, c53);
                p += aDepth;
                q += bDepth;
            }
        }
        c00.intoMemorySegment(ALL, c, ORDER);
        c01.intoMemorySegment(ALL, c + BYTES, ORDER);
        c02.intoMemorySegment(ALL, c + 2 * BYTES, ORDER);
        c03.intoMemorySegment(ALL, c + 3 * BYTES, ORDER, last);
        c10.intoMemorySegment(ALL, c + cRow, ORDER);
        c11.intoMemorySegment(ALL, c + cRow + BYTES, ORDER);
        c12.intoMemorySegment(ALL, c + cRow + 2 * BYTES, ORDER);
        c13.intoMemorySegment(ALL, c + cRow + 3 * BYTES, ORDER, last);
        c20.intoMemorySegment(ALL, c + 2 * cRow, ORDER);
        c21.intoMemorySegment(ALL, c + 2 * cRow + BYTES, ORDER);
        c22.intoMemorySegment(ALL, c + 2 * cRow + 2 * BYTES, ORDER);
        c23.intoMemorySegment(ALL, c + 2 * cRow + 3 * BYTES, ORDER, last);
        c30.intoMemorySegment(ALL, c + 3 * cRow, ORDER);
        c31.intoMemorySegment(ALL, c + 3 * cRow + BYTES, ORDER);
        c32.intoMemorySegment(ALL, c + 3 * cRow + 2 * BYTES, ORDER);
        c33.intoMemorySegment(ALL, c + 3 * cRow + 3 * BYTES, ORDER, last);
        c40.intoMemorySegment(ALL, c + 4 * cRow, ORDER);
        c41.intoMemorySegment(ALL, c + 4 * cRow + BYTES, ORDER);
        c42.intoMemorySegment(ALL, c + 4 * cRow + 2 * BYTES, ORDER);
        c43.intoMemorySegment(ALL, c + 4 * cRow + 3 * BYTES, ORDER, last);
        c50.intoMemorySegment(ALL, c + 5 * cRow, ORDER);
        c51.intoMemorySegment(ALL, c + 5 * cRow + BYTES, ORDER);
        c52.intoMemorySegment(ALL, c + 5 * cRow + 2 * BYTES, ORDER);
        c53.intoMemorySegment(ALL, c + 5 * cRow + 3 * BYTES, ORDER, last);
    }

    /** 6 rows by 2 vectors. */
    static void rows6x2(int segments, int depth, long a, long aSegment, long aRow, long aDepth,
                         long b, long bSegment, long bDepth, long from, long fromRow, long c, long cRow,
                         VectorMask<Float> last) {
        var c00 = FloatVector.fromMemorySegment(S, ALL, from, ORDER);
        var c01 = FloatVector.fromMemorySegment(S, ALL, from + BYTES, ORDER, last);
        var c10 = FloatVector.fromMemorySegment(S, ALL, from + fromRow, ORDER);
        var c11 = FloatVector.fromMemorySegment(S, ALL, from + fromRow + BYTES, ORDER, last);
        var c20 = FloatVector.fromMemorySegment(S, ALL, from + 2 * fromRow, ORDER);
        var c21 = FloatVector.fromMemorySegment(S, ALL, from + 2 * fromRow + BYTES, ORDER, last);
        var c30 = FloatVector.fromMemorySegment(S, ALL, from + 3 * fromRow, ORDER);
        var c31 = FloatVector.fromMemorySegment(S, ALL, from + 3 * fromRow + BYTES, ORDER, last);
        var c40 = FloatVector.fromMemorySegment(S, ALL, from + 4 * fromRow, ORDER);
        var c41 = FloatVector.fromMemorySegment(S, ALL, from + 4 * fromRow + BYTES, ORDER, last);
        var c50 = FloatVector.fromMemorySegment(S, ALL, from + 5 * fromRow, ORDER);
        var c51 = FloatVector.fromMemorySegment(S, ALL, from + 5 * fromRow + BYTES, ORDER, last);
        for (int s = 0; s < segments; s++) {
            long p = a + s * aSegment;
            long q = b + s * bSegment;
            for (int k = 0; k < depth; k++) {
                var b0 = FloatVector.fromMemorySegment(S, ALL, q, ORDER);
                var b1 = FloatVector.fromMemorySegment(S, ALL, q + BYTES, ORDER);
                var a0 = FloatVector.broadcast(S, ALL.get(FLOAT, p));
                c00 = a0.fma(b0, c00);
                c01 = a0.fma(b1, c01);
                var a1 = FloatVector.broadcast(S, ALL.get(FLOAT, p + aRow));
                c10 = a1.fma(b0, c10);
                c11 = a1.fma(b1, c11);
                var a2 = FloatVector.broadcast(S, ALL.get(FLOAT, p + 2 * aRow));
                c20 = a2.fma(b0, c20);
                c21 = a2.fma(b1, c21);
                var a3 = FloatVector.broadcast(S, ALL.get(FLOAT, p + 3 * aRow));
                c30 = a3.fma(b0, c30);
                c31 = a3.fma(b1, c31);
                var a4 = FloatVector.broadcast(S, ALL.get(FLOAT, p + 4 * aRow));
                c40 = a4.fma(b0, c40);
                c41 = a4.fma(b1, c41);
                var a5 = FloatVector.broadcast(S, ALL.get(FLOAT, p + 5 * aRow));
                c50 = a5.fma(b0, c50);
                c51 = a5.fma(b1, c51);
                p += aDepth;
                q += bDepth;
            }
        }
        c00.intoMemorySegment(ALL, c, ORDER);
        c01.intoMemorySegment(ALL, c + BYTES, ORDER, last);
        c10.intoMemorySegment(ALL, c + cRow, ORDER);
        c11.intoMemorySegment(ALL, c + cRow + BYTES, ORDER, last);
        c20.intoMemorySegment(ALL, c + 2 * cRow, ORDER);
        c21.intoMemorySegment(ALL, c + 2 * cRow + BYTES, ORDER, last);
        c30.intoMemorySegment(ALL, c + 3 * cRow, ORDER);
        c31.intoMemorySegment(ALL, c + 3 * cRow + BYTES, ORDER, last);
        c40.intoMemorySegment(ALL, c + 4 * cRow, ORDER);
        c41.intoMemorySegment(ALL, c + 4 * cRow + BYTES, ORDER, last);
        c50.intoMemorySegment(ALL, c + 5 * cRow, ORDER);
        c51.intoMemorySegment(ALL, c + 5 * cRow + BYTES, ORDER, last);
    }

    /** 6 rows by 1 vector. */
    static void rows6x1(int segments, int depth, long a, long aSegment, long aRow, long aDepth,
                         long b, long bSegment, long bDepth, long from, long fromRow, long c, long cRow,
                         VectorMask<Float> last) {
        var c00 = FloatVector.fromMemorySegment(S, ALL, from, ORDER, last);
        var c10 = FloatVector.fromMemorySegment(S, ALL, from + fromRow, ORDER, last);
        var c20 = FloatVector.fromMemorySegment(S, ALL, from + 2 * fromRow, ORDER, last);
        var c30 = FloatVector.fromMemorySegment(S, ALL, from + 3 * fromRow, ORDER, last);
        var c40 = FloatVector.fromMemorySegment(S, ALL, from + 4 * fromRow, ORDER, last);
        var c50 = FloatVector.fromMemorySegment(S, ALL, from + 5 * fromRow, ORDER, last);
        for (int s = 0; s < segments; s++) {
            long p = a + s * aSegment;
            long q = b + s * bSegment;
            for (int k = 0; k < depth; k++) {
                var b0 = FloatVector.fromMemorySegment(S, ALL, q, ORDER);
                var a0 = FloatVector.broadcast(S, ALL.get(FLOAT, p));
                c00 = a0.fma(b0, c00);
                var a1 = FloatVector.broadcast(S, ALL.get(FLOAT, p + aRow));
                c10 = a1.fma(b0, c10);
                var a2 = FloatVector.broadcast(S, ALL.get(FLOAT, p + 2 * aRow));
                c20 = a2.fma(b0, c20);
                var a3 = FloatVector.broadcast(S, ALL.get(FLOAT, p + 3 * aRow));
                c30 = a3.fma(b0, c30);
                var a4 = FloatVector.broadcast(S, ALL.get(FLOAT, p + 4 * aRow));
                c40 = a4.fma(b0, c40);
                var a5 = FloatVector.broadcast(S, ALL.get(FLOAT, p + 5 * aRow));
                c50 = a5.fma(b0, c50);
                p += aDepth;
                q += bDepth;
            }
        }
        c00.intoMemorySegment(ALL, c, ORDER, last);
        c10.intoMemorySegment(ALL, c + cRow, ORDER, last);
        c20.intoMemorySegment(ALL, c + 2 * cRow, ORDER, last);
        c30.intoMemorySegment(ALL, c + 3 * cRow, ORDER, last);
        c40.intoMemorySegment(ALL, c + 4 * cRow, ORDER, last);
        c50.intoMemorySegment(ALL, c + 5 * cRow, ORDER, last);
    }
}
