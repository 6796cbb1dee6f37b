package anneal.kernel.cpu.panama;

import static anneal.kernel.cpu.Native.ADDRESS;
import static anneal.kernel.cpu.Native.ALL;
import static anneal.kernel.cpu.Native.ORDER;
import static anneal.kernel.cpu.Native.STRIDE;
import static anneal.kernel.cpu.WinogradPoints.A;
import static anneal.kernel.cpu.WinogradPoints.A2;
import static anneal.kernel.cpu.WinogradPoints.A3;
import static anneal.kernel.cpu.WinogradPoints.B;
import static anneal.kernel.cpu.WinogradPoints.B2;
import static anneal.kernel.cpu.WinogradPoints.B3;
import static anneal.kernel.cpu.WinogradPoints.G0;
import static anneal.kernel.cpu.WinogradPoints.GA0;
import static anneal.kernel.cpu.WinogradPoints.GA1;
import static anneal.kernel.cpu.WinogradPoints.GA2;
import static anneal.kernel.cpu.WinogradPoints.GB0;
import static anneal.kernel.cpu.WinogradPoints.GB1;
import static anneal.kernel.cpu.WinogradPoints.GB2;
import static anneal.kernel.cpu.WinogradPoints.PRODUCT;
import static anneal.kernel.cpu.WinogradPoints.SUM;

import anneal.kernel.cpu.WinogradLanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link WinogradLanes} of F(4x4, 3x3) on vectors of channels. Rows of the transformed tile come from the points 0, A
 * and -A, B and -B, infinity: the two of a pair are made together, for they share all but a sign. So are columns.
 */
final class PanamaWinograd4 implements WinogradLanes {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final long BYTES = S.vectorByteSize();
    /** Filters at a time. Their numbers lie a power of two apart, in one set of a cache, which holds few of them. */
    private static final int RUN = 256;

    // Down the columns, then along the lines, through memory, in loops that are compiled by themselves (CompilerHints):
    // a whole tile in registers is more than C2 inlines into, and then it boxes every vector. What a column makes lies
    // where its line's numbers will; a vector is done before the next begins, for the last may overlap the one before.

    @Override
    public void input(int band, int tiles, int channels, long from, long fromRow, long fromPixel,
                      long to, long toTile, long toNumber) {
        for (int t = 0; t < tiles; t++) {
            for (int c = 0; c < channels; c += LANES) {
                // the last vector begins early enough to be a whole one
                long shift = 4L * Math.min(c, channels - LANES);
                long p = from + 4L * t * fromPixel + shift;
                long v = to + t * toTile + shift;
                switch (band) {
                    case 0 -> inputOuterColumns(p, fromRow, fromPixel, v, toNumber);
                    case 1 -> inputPairColumns(A, B2, p, fromRow, fromPixel, v, toNumber);
                    case 2 -> inputPairColumns(B, A2, p, fromRow, fromPixel, v, toNumber);
                    default -> inputOuterColumns(p + fromRow, fromRow, fromPixel, v, toNumber);
                }
                inputLines(lines(band), v, toNumber);
            }
        }
    }

    /** Lines of numbers of a band: the points 0 and infinity make one, a pair of points makes two. */
    private static int lines(int band) {
        return band == 1 || band == 2 ? 2 : 1;
    }

    private static void inputOuterColumns(long from, long fromRow, long fromPixel, long to, long toNumber) {
        long row = fromRow & STRIDE;
        for (int j = 0; j < 6; j++) {
            long p = from + j * fromPixel & ADDRESS;
            load(p + 2 * row).fma(FloatVector.broadcast(S, -SUM),
                    load(p).fma(FloatVector.broadcast(S, PRODUCT), load(p + 4 * row)))
                    .intoMemorySegment(ALL, to + j * toNumber & ADDRESS, ORDER);
        }
    }

    private static void inputPairColumns(float point, float otherSquare, long from, long fromRow, long fromPixel,
                                         long to, long toNumber) {
        long row = fromRow & STRIDE;
        long number = toNumber & STRIDE;
        for (int j = 0; j < 6; j++) {
            long p = from + j * fromPixel & ADDRESS;
            long v = to + j * toNumber & ADDRESS;
            var square = FloatVector.broadcast(S, -otherSquare);
            var odd = load(p + row).fma(square, load(p + 3 * row));
            var even = load(p + 2 * row).fma(square, load(p + 4 * row));
            odd.fma(FloatVector.broadcast(S, point), even).intoMemorySegment(ALL, v, ORDER);
            odd.fma(FloatVector.broadcast(S, -point), even).intoMemorySegment(ALL, v + 6 * number, ORDER);
        }
    }

    private static void inputLines(int lines, long at, long toNumber) {
        long number = toNumber & STRIDE;
        for (int i = 0; i < lines; i++) {
            long v = at + 6 * i * number & ADDRESS;
            var d0 = load(v);
            var d1 = load(v + number);
            var d2 = load(v + 2 * number);
            var d3 = load(v + 3 * number);
            var d4 = load(v + 4 * number);
            var d5 = load(v + 5 * number);
            var sum = FloatVector.broadcast(S, -SUM);
            var product = FloatVector.broadcast(S, PRODUCT);
            d2.fma(sum, d0.fma(product, d4)).intoMemorySegment(ALL, v, ORDER);
            d3.fma(sum, d1.fma(product, d5)).intoMemorySegment(ALL, v + 5 * number, ORDER);
            var squareB = FloatVector.broadcast(S, -B2);
            var evenA = d2.fma(squareB, d4);
            var oddA = d1.fma(squareB, d3);
            oddA.fma(FloatVector.broadcast(S, A), evenA).intoMemorySegment(ALL, v + number, ORDER);
            oddA.fma(FloatVector.broadcast(S, -A), evenA).intoMemorySegment(ALL, v + 2 * number, ORDER);
            var squareA = FloatVector.broadcast(S, -A2);
            var evenB = d2.fma(squareA, d4);
            var oddB = d1.fma(squareA, d3);
            oddB.fma(FloatVector.broadcast(S, B), evenB).intoMemorySegment(ALL, v + 3 * number, ORDER);
            oddB.fma(FloatVector.broadcast(S, -B), evenB).intoMemorySegment(ALL, v + 4 * number, ORDER);
        }
    }

    @Override
    public void filter(int band, long count, long from, long fromTap, long to, long toNumber) {
        for (long i = 0; i < count; i += RUN) {
            int run = (int) Math.min(RUN, count - i);
            long p = from + 4 * i;
            long v = to + 4 * i;
            switch (band) {
                case 0 -> filterOuterColumns(G0, run, p, fromTap, v, toNumber);
                case 1 -> filterPairColumns(GA0, GA1, GA2, run, p, fromTap, v, toNumber);
                case 2 -> filterPairColumns(GB0, GB1, GB2, run, p, fromTap, v, toNumber);
                default -> filterOuterColumns(1, run, p + 6 * fromTap, fromTap, v, toNumber);
            }
            for (int line = 0; line < lines(band); line++) {
                filterLines(run, v + 6 * line * toNumber, toNumber);
            }
        }
    }

    private static void filterOuterColumns(float factor, int run, long from, long fromTap, long to, long toNumber) {
        for (int j = 0; j < 3; j++) {
            for (long i = 0; i < 4L * run; i += BYTES) {
                load(from + j * fromTap + i & ADDRESS).mul(FloatVector.broadcast(S, factor))
                        .intoMemorySegment(ALL, to + j * toNumber + i & ADDRESS, ORDER);
            }
        }
    }

    private static void filterPairColumns(float g0, float g1, float g2, int run, long from, long fromTap, long to,
                                          long toNumber) {
        long tap = fromTap & STRIDE;
        long number = toNumber & STRIDE;
        for (int j = 0; j < 3; j++) {
            for (long i = 0; i < 4L * run; i += BYTES) {
                long p = from + j * fromTap + i & ADDRESS;
                long v = to + j * toNumber + i & ADDRESS;
                var even = load(p + 6 * tap).fma(FloatVector.broadcast(S, g2),
                        load(p).mul(FloatVector.broadcast(S, g0)));
                var odd = load(p + 3 * tap).mul(FloatVector.broadcast(S, g1));
                even.add(odd).intoMemorySegment(ALL, v, ORDER);
                even.sub(odd).intoMemorySegment(ALL, v + 6 * number, ORDER);
            }
        }
    }

    private static void filterLines(int run, long at, long toNumber) {
        long number = toNumber & STRIDE;
        for (long i = 0; i < 4L * run; i += BYTES) {
            long v = at + i & ADDRESS;
            var g0 = load(v);
            var g1 = load(v + number);
            var g2 = load(v + 2 * number);
            g0.mul(FloatVector.broadcast(S, G0)).intoMemorySegment(ALL, v, ORDER);
            var evenA = g2.fma(FloatVector.broadcast(S, GA2), g0.mul(FloatVector.broadcast(S, GA0)));
            var oddA = g1.mul(FloatVector.broadcast(S, GA1));
            evenA.add(oddA).intoMemorySegment(ALL, v + number, ORDER);
            evenA.sub(oddA).intoMemorySegment(ALL, v + 2 * number, ORDER);
            var evenB = g2.fma(FloatVector.broadcast(S, GB2), g0.mul(FloatVector.broadcast(S, GB0)));
            var oddB = g1.mul(FloatVector.broadcast(S, GB1));
            evenB.add(oddB).intoMemorySegment(ALL, v + 3 * number, ORDER);
            evenB.sub(oddB).intoMemorySegment(ALL, v + 4 * number, ORDER);
            g2.intoMemorySegment(ALL, v + 5 * number, ORDER);
        }
    }

    @Override
    public void output(int tiles, int channels, long from, long fromTile, long fromNumber,
                       long to, long toRow, long toPixel) {
        for (int t = 0; t < tiles; t++) {
            for (int c = 0; c < channels; c += LANES) {
                long p = from + t * fromTile + 4L * c;
                outputLines(6, p, fromNumber, 6 * fromNumber, p, fromNumber, 6 * fromNumber);
                outputLines(4, p, 6 * fromNumber, fromNumber, to + 4 * t * toPixel + 4L * c, toRow, toPixel);
            }
        }
    }

    /**
     * Multiplies lines of six numbers with A, or columns with A', into four; all are read before the first is written.
     *
     * @param fromStep   from one line to the next
     * @param fromNumber from one of its numbers to the next
     */
    private static void outputLines(int lines, long from, long fromStep, long fromNumber, long to, long toStep,
                                    long toNumber) {
        long n = fromNumber & STRIDE;
        long number = toNumber & STRIDE;
        for (int i = 0; i < lines; i++) {
            long p = from + i * fromStep & ADDRESS;
            long v = to + i * toStep & ADDRESS;
            var m0 = load(p);
            var m1 = load(p + n);
            var m2 = load(p + 2 * n);
            var m3 = load(p + 3 * n);
            var m4 = load(p + 4 * n);
            var m5 = load(p + 5 * n);
            var sumA = m1.add(m2);
            var sumB = m3.add(m4);
            m0.add(sumA.add(sumB)).intoMemorySegment(ALL, v, ORDER);
            sumB.fma(FloatVector.broadcast(S, B2), sumA.mul(FloatVector.broadcast(S, A2)))
                    .intoMemorySegment(ALL, v + 2 * number, ORDER);
            var differenceA = m1.sub(m2);
            var differenceB = m3.sub(m4);
            differenceB.fma(FloatVector.broadcast(S, B), differenceA.mul(FloatVector.broadcast(S, A)))
                    .intoMemorySegment(ALL, v + number, ORDER);
            differenceB.fma(FloatVector.broadcast(S, B3), differenceA.fma(FloatVector.broadcast(S, A3), m5))
                    .intoMemorySegment(ALL, v + 3 * number, ORDER);
        }
    }

    @Override
    public void gradient(int band, int tiles, int channels, long from, long fromRow, long fromPixel,
                         long to, long toTile, long toNumber) {
        for (int t = 0; t < tiles; t++) {
            for (int c = 0; c < channels; c += LANES) {
                long shift = 4L * Math.min(c, channels - LANES);
                long p = from + 4L * t * fromPixel + shift;
                long v = to + t * toTile + shift;
                switch (band) {
                    case 0 -> gradientOuterColumns(p, fromPixel, v, toNumber);
                    case 1 -> gradientPairColumns(A, A2, A3, p, fromRow, fromPixel, v, toNumber);
                    case 2 -> gradientPairColumns(B, B2, B3, p, fromRow, fromPixel, v, toNumber);
                    default -> gradientOuterColumns(p + 3 * fromRow, fromPixel, v, toNumber);
                }
                gradientLines(lines(band), v, toNumber);
            }
        }
    }

    private static void gradientOuterColumns(long from, long fromPixel, long to, long toNumber) {
        for (int j = 0; j < 4; j++) {
            load(from + j * fromPixel & ADDRESS).intoMemorySegment(ALL, to + j * toNumber & ADDRESS, ORDER);
        }
    }

    private static void gradientPairColumns(float point, float square, float cube, long from, long fromRow,
                                            long fromPixel, long to, long toNumber) {
        long row = fromRow & STRIDE;
        long number = toNumber & STRIDE;
        for (int j = 0; j < 4; j++) {
            long p = from + j * fromPixel & ADDRESS;
            long v = to + j * toNumber & ADDRESS;
            var even = load(p + 2 * row).fma(FloatVector.broadcast(S, square), load(p));
            var odd = load(p + 3 * row).fma(FloatVector.broadcast(S, cube),
                    load(p + row).mul(FloatVector.broadcast(S, point)));
            even.add(odd).intoMemorySegment(ALL, v, ORDER);
            even.sub(odd).intoMemorySegment(ALL, v + 6 * number, ORDER);
        }
    }

    private static void gradientLines(int lines, long at, long toNumber) {
        long number = toNumber & STRIDE;
        for (int i = 0; i < lines; i++) {
            long v = at + 6 * i * number & ADDRESS;
            var y0 = load(v);
            var y1 = load(v + number);
            var y2 = load(v + 2 * number);
            var y3 = load(v + 3 * number);
            var evenA = y2.fma(FloatVector.broadcast(S, A2), y0);
            var oddA = y3.fma(FloatVector.broadcast(S, A3), y1.mul(FloatVector.broadcast(S, A)));
            evenA.add(oddA).intoMemorySegment(ALL, v + number, ORDER);
            evenA.sub(oddA).intoMemorySegment(ALL, v + 2 * number, ORDER);
            var evenB = y2.fma(FloatVector.broadcast(S, B2), y0);
            var oddB = y3.fma(FloatVector.broadcast(S, B3), y1.mul(FloatVector.broadcast(S, B)));
            evenB.add(oddB).intoMemorySegment(ALL, v + 3 * number, ORDER);
            evenB.sub(oddB).intoMemorySegment(ALL, v + 4 * number, ORDER);
            y3.intoMemorySegment(ALL, v + 5 * number, ORDER);
        }
    }

    @Override
    public void filterGradient(int row, long count, long from, long fromNumber, long to, long toTap) {
        long n = fromNumber & STRIDE;
        long tap = toTap & STRIDE;
        switch (row) {
            case 0 -> outerTaps(G0, GA0, GB0, count, from, from, n, to, tap);
            case 1 -> middleTaps(count, from, n, to, tap);
            default -> outerTaps(1, GA2, GB2, count, from, from + 30 * n, n, to, tap);
        }
    }

    /** Row 0 or 2 of the taps, which have the points of a pair in sums, and a row of numbers at the border. */
    private static void outerTaps(float factor, float factorA, float factorB, long count, long from, long border,
                                  long n, long to, long tap) {
        for (long i = 0; i < 4 * count; i += BYTES) {
            long p = from + i & ADDRESS;
            long q = border + i & ADDRESS;
            var f = FloatVector.broadcast(S, factor);
            var a = FloatVector.broadcast(S, factorA);
            var b = FloatVector.broadcast(S, factorB);
            var m0 = load(p + 18 * n).add(load(p + 24 * n)).fma(b,
                    load(p + 6 * n).add(load(p + 12 * n)).fma(a, load(q).mul(f)));
            var m1 = load(p + 19 * n).add(load(p + 25 * n)).fma(b,
                    load(p + 7 * n).add(load(p + 13 * n)).fma(a, load(q + n).mul(f)));
            var m2 = load(p + 20 * n).add(load(p + 26 * n)).fma(b,
                    load(p + 8 * n).add(load(p + 14 * n)).fma(a, load(q + 2 * n).mul(f)));
            var m3 = load(p + 21 * n).add(load(p + 27 * n)).fma(b,
                    load(p + 9 * n).add(load(p + 15 * n)).fma(a, load(q + 3 * n).mul(f)));
            var m4 = load(p + 22 * n).add(load(p + 28 * n)).fma(b,
                    load(p + 10 * n).add(load(p + 16 * n)).fma(a, load(q + 4 * n).mul(f)));
            var m5 = load(p + 23 * n).add(load(p + 29 * n)).fma(b,
                    load(p + 11 * n).add(load(p + 17 * n)).fma(a, load(q + 5 * n).mul(f)));
            tapRow(m0, m1, m2, m3, m4, m5, to + i, tap);
        }
    }

    /** Row 1 of the taps, which has the points of a pair in differences. */
    private static void middleTaps(long count, long from, long n, long to, long tap) {
        for (long i = 0; i < 4 * count; i += BYTES) {
            long p = from + i & ADDRESS;
            var a = FloatVector.broadcast(S, GA1);
            var b = FloatVector.broadcast(S, GB1);
            var m0 = load(p + 18 * n).sub(load(p + 24 * n)).fma(b, load(p + 6 * n).sub(load(p + 12 * n)).mul(a));
            var m1 = load(p + 19 * n).sub(load(p + 25 * n)).fma(b, load(p + 7 * n).sub(load(p + 13 * n)).mul(a));
            var m2 = load(p + 20 * n).sub(load(p + 26 * n)).fma(b, load(p + 8 * n).sub(load(p + 14 * n)).mul(a));
            var m3 = load(p + 21 * n).sub(load(p + 27 * n)).fma(b, load(p + 9 * n).sub(load(p + 15 * n)).mul(a));
            var m4 = load(p + 22 * n).sub(load(p + 28 * n)).fma(b, load(p + 10 * n).sub(load(p + 16 * n)).mul(a));
            var m5 = load(p + 23 * n).sub(load(p + 29 * n)).fma(b, load(p + 11 * n).sub(load(p + 17 * n)).mul(a));
            tapRow(m0, m1, m2, m3, m4, m5, to + i, tap);
        }
    }

    /** A row of {@code G' m} times G. */
    private static void tapRow(FloatVector m0, FloatVector m1, FloatVector m2, FloatVector m3, FloatVector m4,
                               FloatVector m5, long to, long tap) {
        long v = to & ADDRESS;
        var sumA = m1.add(m2);
        var sumB = m3.add(m4);
        sumB.fma(FloatVector.broadcast(S, GB0), sumA.fma(FloatVector.broadcast(S, GA0),
                m0.mul(FloatVector.broadcast(S, G0)))).intoMemorySegment(ALL, v, ORDER);
        sumB.fma(FloatVector.broadcast(S, GB2), sumA.fma(FloatVector.broadcast(S, GA2), m5))
                .intoMemorySegment(ALL, v + 2 * tap, ORDER);
        m3.sub(m4).fma(FloatVector.broadcast(S, GB1), m1.sub(m2).mul(FloatVector.broadcast(S, GA1)))
                .intoMemorySegment(ALL, v + tap, ORDER);
    }

    private static FloatVector load(long at) {
        return FloatVector.fromMemorySegment(S, ALL, at, ORDER);
    }
}
