package anneal.kernel.cpu.panama;

import static anneal.kernel.cpu.Native.ADDRESS;
import static anneal.kernel.cpu.Native.ALL;
import static anneal.kernel.cpu.Native.ORDER;
import static anneal.kernel.cpu.Native.STRIDE;

import anneal.kernel.cpu.WinogradLanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link WinogradLanes} of F(2x2, 3x3) on vectors of channels; a band is a row. */
final class PanamaWinograd2 implements WinogradLanes {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final long BYTES = S.vectorByteSize();

    /** Rows 0 to 3 of B' are a pixel row {@code FIRST} plus {@code SIGN} times a pixel row {@code SECOND}. */
    private static final int[] FIRST = {0, 1, 2, 1};
    private static final int[] SECOND = {2, 2, 1, 3};
    private static final float[] SIGN = {-1, 1, -1, -1};
    /** Rows 0 to 3 of A are {@code UPPER} times the upper pixel plus {@code LOWER} times the lower one. */
    private static final float[] UPPER = {1, 1, 1, 0};
    private static final float[] LOWER = {0, 1, -1, -1};
    /** Rows of G: what the rows of a filter are multiplied with. */
    private static final float[][] G = {{1, 0, 0}, {0.5f, 0.5f, 0.5f}, {0.5f, -0.5f, 0.5f}, {0, 0, 1}};

    @Override
    public void input(int band, int tiles, int channels, long from, long fromRow, long fromPixel,
                      long to, long toTile, long toNumber) {
        long first = from + FIRST[band] * fromRow;
        long second = from + SECOND[band] * fromRow;
        for (int t = 0; t < tiles; t++) {
            inputTile(SIGN[band], channels, first + 2L * t * fromPixel, second + 2L * t * fromPixel, fromPixel,
                    to + t * toTile, toNumber);
        }
    }

    private static void inputTile(float sign, int channels, long first, long second, long fromPixel,
                                  long to, long toNumber) {
        long pixel = fromPixel & STRIDE;
        long number = toNumber & STRIDE;
        for (int c = 0; c < channels; c += LANES) {
            // the last vector begins early enough to be a whole one
            long shift = 4L * Math.min(c, channels - LANES);
            long p = first + shift & ADDRESS;
            long q = second + shift & ADDRESS;
            long v = to + shift & ADDRESS;
            var s = FloatVector.broadcast(S, sign);
            var d0 = FloatVector.fromMemorySegment(S, ALL, q, ORDER)
                    .fma(s, FloatVector.fromMemorySegment(S, ALL, p, ORDER));
            var d1 = FloatVector.fromMemorySegment(S, ALL, q + pixel, ORDER)
                    .fma(s, FloatVector.fromMemorySegment(S, ALL, p + pixel, ORDER));
            var d2 = FloatVector.fromMemorySegment(S, ALL, q + 2 * pixel, ORDER)
                    .fma(s, FloatVector.fromMemorySegment(S, ALL, p + 2 * pixel, ORDER));
            var d3 = FloatVector.fromMemorySegment(S, ALL, q + 3 * pixel, ORDER)
                    .fma(s, FloatVector.fromMemorySegment(S, ALL, p + 3 * pixel, ORDER));
            d0.sub(d2).intoMemorySegment(ALL, v, ORDER);
            d1.add(d2).intoMemorySegment(ALL, v + number, ORDER);
            d2.sub(d1).intoMemorySegment(ALL, v + 2 * number, ORDER);
            d1.sub(d3).intoMemorySegment(ALL, v + 3 * number, ORDER);
        }
    }

    @Override
    public void filter(int band, long count, long from, long fromTap, long to, long toNumber) {
        filterRow(G[band][0], G[band][1], G[band][2], count, from, fromTap & STRIDE, to, toNumber & STRIDE);
    }

    private static void filterRow(float g0, float g1, float g2, long count, long from, long tap, long to, long number) {
        for (long i = 0; i < 4 * count; i += BYTES) {
            long p = from + i & ADDRESS;
            long v = to + i & ADDRESS;
            var f1 = FloatVector.broadcast(S, g1);
            var f2 = FloatVector.broadcast(S, g2);
            var left = load(p + 3 * tap).fma(f1, load(p + 6 * tap).fma(f2, load(p).mul(g0)));
            var middle = load(p + 4 * tap).fma(f1, load(p + 7 * tap).fma(f2, load(p + tap).mul(g0))).mul(0.5f);
            var right = load(p + 5 * tap).fma(f1, load(p + 8 * tap).fma(f2, load(p + 2 * tap).mul(g0)));
            var outer = left.add(right).mul(0.5f);
            left.intoMemorySegment(ALL, v, ORDER);
            outer.add(middle).intoMemorySegment(ALL, v + number, ORDER);
            outer.sub(middle).intoMemorySegment(ALL, v + 2 * number, ORDER);
            right.intoMemorySegment(ALL, v + 3 * number, ORDER);
        }
    }

    @Override
    public void output(int tiles, int channels, long from, long fromTile, long fromNumber,
                       long to, long toRow, long toPixel) {
        for (int t = 0; t < tiles; t++) {
            outputTile(channels, from + t * fromTile, fromNumber, to + 2 * t * toPixel, toRow, toPixel);
        }
    }

    private static void outputTile(int channels, long from, long fromNumber, long to, long toRow, long toPixel) {
        long n = fromNumber & STRIDE;
        long row = toRow & STRIDE;
        long pixel = toPixel & STRIDE;
        for (int c = 0; c < channels; c += LANES) {
            long p = from + 4L * c & ADDRESS;
            var a1 = load(p + 4 * n);
            var a2 = load(p + 8 * n);
            var u0 = load(p).add(a1.add(a2));
            var l0 = a1.sub(a2).sub(load(p + 12 * n));
            var b1 = load(p + 5 * n);
            var b2 = load(p + 9 * n);
            var u1 = load(p + n).add(b1.add(b2));
            var l1 = b1.sub(b2).sub(load(p + 13 * n));
            var c1 = load(p + 6 * n);
            var c2 = load(p + 10 * n);
            var u2 = load(p + 2 * n).add(c1.add(c2));
            var l2 = c1.sub(c2).sub(load(p + 14 * n));
            var d1 = load(p + 7 * n);
            var d2 = load(p + 11 * n);
            var u3 = load(p + 3 * n).add(d1.add(d2));
            var l3 = d1.sub(d2).sub(load(p + 15 * n));
            long v = to + 4L * c & ADDRESS;
            u0.add(u1.add(u2)).intoMemorySegment(ALL, v, ORDER);
            u1.sub(u2).sub(u3).intoMemorySegment(ALL, v + pixel, ORDER);
            l0.add(l1.add(l2)).intoMemorySegment(ALL, v + row, ORDER);
            l1.sub(l2).sub(l3).intoMemorySegment(ALL, v + row + pixel, ORDER);
        }
    }

    @Override
    public void gradient(int band, int tiles, int channels, long from, long fromRow, long fromPixel,
                         long to, long toTile, long toNumber) {
        for (int t = 0; t < tiles; t++) {
            gradientTile(UPPER[band], LOWER[band], channels, from + 2L * t * fromPixel, fromRow, fromPixel,
                    to + t * toTile, toNumber);
        }
    }

    private static void gradientTile(float upper, float lower, int channels, long from, long fromRow, long fromPixel,
                                     long to, long toNumber) {
        long row = fromRow & STRIDE;
        long pixel = fromPixel & STRIDE;
        long number = toNumber & STRIDE;
        for (int c = 0; c < channels; c += LANES) {
            long shift = 4L * Math.min(c, channels - LANES);
            long p = from + shift & ADDRESS;
            long v = to + shift & ADDRESS;
            var low = FloatVector.broadcast(S, lower);
            var left = load(p + row).fma(low, load(p).mul(upper));
            var right = load(p + row + pixel).fma(low, load(p + pixel).mul(upper));
            left.intoMemorySegment(ALL, v, ORDER);
            left.add(right).intoMemorySegment(ALL, v + number, ORDER);
            left.sub(right).intoMemorySegment(ALL, v + 2 * number, ORDER);
            right.neg().intoMemorySegment(ALL, v + 3 * number, ORDER);
        }
    }

    @Override
    public void filterGradient(int row, long count, long from, long fromNumber, long to, long toTap) {
        // the rows of G' are a half of the middle rows' sum or difference, and above or below it a row of the border
        switch (row) {
            case 0 -> filterGradientRow(1, 1, count, from, from, fromNumber & STRIDE, to, toTap & STRIDE);
            case 1 -> filterGradientRow(-1, 0, count, from, from, fromNumber & STRIDE, to, toTap & STRIDE);
            default -> filterGradientRow(1, 1, count, from, from + 12 * fromNumber, fromNumber & STRIDE, to,
                    toTap & STRIDE);
        }
    }

    private static void filterGradientRow(float sign, float outer, long count, long from, long border, long n,
                                          long to, long tap) {
        for (long i = 0; i < 4 * count; i += BYTES) {
            long p = from + i & ADDRESS;
            long q = border + i & ADDRESS;
            long v = to + i & ADDRESS;
            var s = FloatVector.broadcast(S, sign);
            var o = FloatVector.broadcast(S, outer);
            var h = FloatVector.broadcast(S, 0.5f);
            var m0 = load(p + 8 * n).fma(s, load(p + 4 * n)).fma(h, load(q).mul(o));
            var m1 = load(p + 9 * n).fma(s, load(p + 5 * n)).fma(h, load(q + n).mul(o));
            var m2 = load(p + 10 * n).fma(s, load(p + 6 * n)).fma(h, load(q + 2 * n).mul(o));
            var m3 = load(p + 11 * n).fma(s, load(p + 7 * n)).fma(h, load(q + 3 * n).mul(o));
            var half = m1.add(m2).mul(0.5f);
            m0.add(half).intoMemorySegment(ALL, v, ORDER);
            m1.sub(m2).mul(0.5f).intoMemorySegment(ALL, v + tap, ORDER);
            half.add(m3).intoMemorySegment(ALL, v + 2 * tap, ORDER);
        }
    }

    private static FloatVector load(long at) {
        return FloatVector.fromMemorySegment(S, ALL, at, ORDER);
    }
}
