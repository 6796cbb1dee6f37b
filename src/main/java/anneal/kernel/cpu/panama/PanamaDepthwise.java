package anneal.kernel.cpu.panama;

import static anneal.kernel.cpu.Native.ADDRESS;
import static anneal.kernel.cpu.Native.ALL;
import static anneal.kernel.cpu.Native.ORDER;

import anneal.kernel.cpu.DepthwiseLanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link DepthwiseLanes} on vectors of channels. The sums of neighbouring pixels stay in registers while the taps run:
 * one load of a tap serves all of them, and each multiplication reads one pixel, so that loads and multiplications
 * come one for one.
 */
final class PanamaDepthwise implements DepthwiseLanes {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final long STEP = S.vectorByteSize();

    @Override
    public void row(int kH, int kW, int columns, long x, long xRow, long w, long tap, long to) {
        int j = 0;
        for (; j + 2 * BLOCK <= columns; j += 2 * BLOCK) {
            for (long part = 0; part < BYTES; part += STEP) {
                eight(kH, kW, x + j * BYTES + part, xRow, w + part, tap, to + j * BYTES + part);
            }
        }
        for (; j < columns; j += BLOCK) {
            for (long part = 0; part < BYTES; part += STEP) {
                four(kH, kW, x + j * BYTES + part, xRow, w + part, tap, to + j * BYTES + part);
            }
        }
    }

    private static void eight(int kH, int kW, long x, long xRow, long w, long tap, long to) {
        var s0 = FloatVector.zero(S);
        var s1 = FloatVector.zero(S);
        var s2 = FloatVector.zero(S);
        var s3 = FloatVector.zero(S);
        var s4 = FloatVector.zero(S);
        var s5 = FloatVector.zero(S);
        var s6 = FloatVector.zero(S);
        var s7 = FloatVector.zero(S);
        long q = w;
        for (int a = 0; a < kH; a++) {
            long p = x + a * xRow;
            for (int b = 0; b < kW; b++) {
                long u = p & ADDRESS;
                var k = FloatVector.fromMemorySegment(S, ALL, q & ADDRESS, ORDER);
                s0 = k.fma(FloatVector.fromMemorySegment(S, ALL, u, ORDER), s0);
                s1 = k.fma(FloatVector.fromMemorySegment(S, ALL, u + BYTES, ORDER), s1);
                s2 = k.fma(FloatVector.fromMemorySegment(S, ALL, u + 2 * BYTES, ORDER), s2);
                s3 = k.fma(FloatVector.fromMemorySegment(S, ALL, u + 3 * BYTES, ORDER), s3);
                s4 = k.fma(FloatVector.fromMemorySegment(S, ALL, u + 4 * BYTES, ORDER), s4);
                s5 = k.fma(FloatVector.fromMemorySegment(S, ALL, u + 5 * BYTES, ORDER), s5);
                s6 = k.fma(FloatVector.fromMemorySegment(S, ALL, u + 6 * BYTES, ORDER), s6);
                s7 = k.fma(FloatVector.fromMemorySegment(S, ALL, u + 7 * BYTES, ORDER), s7);
                p += BYTES;
                q += tap;
            }
        }
        long v = to & ADDRESS;
        s0.intoMemorySegment(ALL, v, ORDER);
        s1.intoMemorySegment(ALL, v + BYTES, ORDER);
        s2.intoMemorySegment(ALL, v + 2 * BYTES, ORDER);
        s3.intoMemorySegment(ALL, v + 3 * BYTES, ORDER);
        s4.intoMemorySegment(ALL, v + 4 * BYTES, ORDER);
        s5.intoMemorySegment(ALL, v + 5 * BYTES, ORDER);
        s6.intoMemorySegment(ALL, v + 6 * BYTES, ORDER);
        s7.intoMemorySegment(ALL, v + 7 * BYTES, ORDER);
    }

    private static void four(int kH, int kW, long x, long xRow, long w, long tap, long to) {
        var s0 = FloatVector.zero(S);
        var s1 = FloatVector.zero(S);
        var s2 = FloatVector.zero(S);
        var s3 = FloatVector.zero(S);
        long q = w;
        for (int a = 0; a < kH; a++) {
            long p = x + a * xRow;
            for (int b = 0; b < kW; b++) {
                long u = p & ADDRESS;
                var k = FloatVector.fromMemorySegment(S, ALL, q & ADDRESS, ORDER);
                s0 = k.fma(FloatVector.fromMemorySegment(S, ALL, u, ORDER), s0);
                s1 = k.fma(FloatVector.fromMemorySegment(S, ALL, u + BYTES, ORDER), s1);
                s2 = k.fma(FloatVector.fromMemorySegment(S, ALL, u + 2 * BYTES, ORDER), s2);
                s3 = k.fma(FloatVector.fromMemorySegment(S, ALL, u + 3 * BYTES, ORDER), s3);
                p += BYTES;
                q += tap;
            }
        }
        long v = to & ADDRESS;
        s0.intoMemorySegment(ALL, v, ORDER);
        s1.intoMemorySegment(ALL, v + BYTES, ORDER);
        s2.intoMemorySegment(ALL, v + 2 * BYTES, ORDER);
        s3.intoMemorySegment(ALL, v + 3 * BYTES, ORDER);
    }

    @Override
    public void sums(int columns, long x, long g, long sums) {
        for (long part = 0; part < BYTES; part += STEP) {
            seven(columns, x + part, g + part, sums + part);
        }
    }

    private static void seven(int columns, long x, long g, long sums) {
        long v = sums & ADDRESS;
        var s0 = FloatVector.fromMemorySegment(S, ALL, v, ORDER);
        var s1 = FloatVector.fromMemorySegment(S, ALL, v + BYTES, ORDER);
        var s2 = FloatVector.fromMemorySegment(S, ALL, v + 2 * BYTES, ORDER);
        var s3 = FloatVector.fromMemorySegment(S, ALL, v + 3 * BYTES, ORDER);
        var s4 = FloatVector.fromMemorySegment(S, ALL, v + 4 * BYTES, ORDER);
        var s5 = FloatVector.fromMemorySegment(S, ALL, v + 5 * BYTES, ORDER);
        var s6 = FloatVector.fromMemorySegment(S, ALL, v + 6 * BYTES, ORDER);
        long p = x;
        long q = g;
        for (int j = 0; j < columns; j++) {
            long u = p & ADDRESS;
            var k = FloatVector.fromMemorySegment(S, ALL, q & ADDRESS, ORDER);
            s0 = k.fma(FloatVector.fromMemorySegment(S, ALL, u, ORDER), s0);
            s1 = k.fma(FloatVector.fromMemorySegment(S, ALL, u + BYTES, ORDER), s1);
            s2 = k.fma(FloatVector.fromMemorySegment(S, ALL, u + 2 * BYTES, ORDER), s2);
            s3 = k.fma(FloatVector.fromMemorySegment(S, ALL, u + 3 * BYTES, ORDER), s3);
            s4 = k.fma(FloatVector.fromMemorySegment(S, ALL, u + 4 * BYTES, ORDER), s4);
            s5 = k.fma(FloatVector.fromMemorySegment(S, ALL, u + 5 * BYTES, ORDER), s5);
            s6 = k.fma(FloatVector.fromMemorySegment(S, ALL, u + 6 * BYTES, ORDER), s6);
            p += BYTES;
            q += BYTES;
        }
        s0.intoMemorySegment(ALL, v, ORDER);
        s1.intoMemorySegment(ALL, v + BYTES, ORDER);
        s2.intoMemorySegment(ALL, v + 2 * BYTES, ORDER);
        s3.intoMemorySegment(ALL, v + 3 * BYTES, ORDER);
        s4.intoMemorySegment(ALL, v + 4 * BYTES, ORDER);
        s5.intoMemorySegment(ALL, v + 5 * BYTES, ORDER);
        s6.intoMemorySegment(ALL, v + 6 * BYTES, ORDER);
    }
}
