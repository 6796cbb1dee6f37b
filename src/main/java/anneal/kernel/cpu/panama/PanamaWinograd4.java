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
 * {@link WinogradLanes} of F(4x4, 3x3) on vectors of channels. Rows of the transformed tile come from the points 0, A and
 * -A, B and -B, infinity: the two of a pair are made together, for they share all but a sign. So are columns.
 */
final class PanamaWinograd4 implements WinogradLanes {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final long BYTES = S.vectorByteSize();

    @Override
    public void input(int band, int tiles, int channels, long from, long fromRow, long fromPixel,
                      long to, long toTile, long toNumber) {
        for (int t = 0; t < tiles; t++) {
            long p = from + 4L * t * fromPixel;
            long v = to + t * toTile;
            switch (band) {
                case 0 -> inputOuter(channels, p, fromRow, fromPixel, v, toNumber);
                case 1 -> inputPair(A, B2, channels, p, fromRow, fromPixel, v, toNumber);
                case 2 -> inputPair(B, A2, channels, p, fromRow, fromPixel, v, toNumber);
                default -> inputOuter(channels, p + fromRow, fromRow, fromPixel, v, toNumber);
            }
        }
    }

    private static void inputOuter(int channels, long from, long fromRow, long fromPixel, long to, long toNumber) {
        long row = fromRow & STRIDE;
        long pixel = fromPixel & STRIDE;
        long number = toNumber & STRIDE;
        for (int c = 0; c < channels; c += LANES) {
            // the last vector begins early enough to be a whole one
            long shift = 4L * Math.min(c, channels - LANES);
            long p = from + shift & ADDRESS;
            var product = FloatVector.broadcast(S, PRODUCT);
            var sum = FloatVector.broadcast(S, -SUM);
            var d0 = load(p + 2 * row).fma(sum, load(p).fma(product, load(p + 4 * row)));
            var d1 = load(p + 2 * row + pixel).fma(sum, load(p + pixel).fma(product, load(p + 4 * row + pixel)));
            var d2 = load(p + 2 * row + 2 * pixel).fma(sum,
                    load(p + 2 * pixel).fma(product, load(p + 4 * row + 2 * pixel)));
            var d3 = load(p + 2 * row + 3 * pixel).fma(sum,
                    load(p + 3 * pixel).fma(product, load(p + 4 * row + 3 * pixel)));
            var d4 = load(p + 2 * row + 4 * pixel).fma(sum,
                    load(p + 4 * pixel).fma(product, load(p + 4 * row + 4 * pixel)));
            var d5 = load(p + 2 * row + 5 * pixel).fma(sum,
                    load(p + 5 * pixel).fma(product, load(p + 4 * row + 5 * pixel)));
            inputRow(d0, d1, d2, d3, d4, d5, to + shift, number);
        }
    }

    private static void inputPair(float point, float otherSquare, int channels, long from, long fromRow, long fromPixel,
                                  long to, long toNumber) {
        long row = fromRow & STRIDE;
        long pixel = fromPixel & STRIDE;
        long number = toNumber & STRIDE;
        for (int c = 0; c < channels; c += LANES) {
            long shift = 4L * Math.min(c, channels - LANES);
            long p = from + row + shift & ADDRESS;
            var square = FloatVector.broadcast(S, -otherSquare);
            var plus = FloatVector.broadcast(S, point);
            var minus = FloatVector.broadcast(S, -point);
            var odd0 = load(p).fma(square, load(p + 2 * row));
            var even0 = load(p + row).fma(square, load(p + 3 * row));
            var odd1 = load(p + pixel).fma(square, load(p + 2 * row + pixel));
            var even1 = load(p + row + pixel).fma(square, load(p + 3 * row + pixel));
            var odd2 = load(p + 2 * pixel).fma(square, load(p + 2 * row + 2 * pixel));
            var even2 = load(p + row + 2 * pixel).fma(square, load(p + 3 * row + 2 * pixel));
            var odd3 = load(p + 3 * pixel).fma(square, load(p + 2 * row + 3 * pixel));
            var even3 = load(p + row + 3 * pixel).fma(square, load(p + 3 * row + 3 * pixel));
            var odd4 = load(p + 4 * pixel).fma(square, load(p + 2 * row + 4 * pixel));
            var even4 = load(p + row + 4 * pixel).fma(square, load(p + 3 * row + 4 * pixel));
            var odd5 = load(p + 5 * pixel).fma(square, load(p + 2 * row + 5 * pixel));
            var even5 = load(p + row + 5 * pixel).fma(square, load(p + 3 * row + 5 * pixel));
            inputRow(odd0.fma(plus, even0), odd1.fma(plus, even1), odd2.fma(plus, even2),
                    odd3.fma(plus, even3), odd4.fma(plus, even4), odd5.fma(plus, even5), to + shift, number);
            inputRow(odd0.fma(minus, even0), odd1.fma(minus, even1), odd2.fma(minus, even2),
                    odd3.fma(minus, even3), odd4.fma(minus, even4), odd5.fma(minus, even5), to + shift + 6 * number,
                    number);
        }
    }

    /** A row of {@code B' d} times B. */
    private static void inputRow(FloatVector d0, FloatVector d1, FloatVector d2, FloatVector d3, FloatVector d4,
                                 FloatVector d5, long to, long number) {
        long v = to & ADDRESS;
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

    @Override
    public void filter(int band, long count, long from, long fromTap, long to, long toNumber) {
        long tap = fromTap & STRIDE;
        long number = toNumber & STRIDE;
        switch (band) {
            case 0 -> filterOuter(G0, count, from, tap, to, number);
            case 1 -> filterPair(GA0, GA1, GA2, count, from, tap, to, number);
            case 2 -> filterPair(GB0, GB1, GB2, count, from, tap, to, number);
            default -> filterOuter(1, count, from + 6 * tap, tap, to, number);
        }
    }

    private static void filterOuter(float factor, long count, long from, long tap, long to, long number) {
        for (long i = 0; i < 4 * count; i += BYTES) {
            long p = from + i & ADDRESS;
            var f = FloatVector.broadcast(S, factor);
            filterRow(load(p).mul(f), load(p + tap).mul(f), load(p + 2 * tap).mul(f), to + i, number);
        }
    }

    private static void filterPair(float g0, float g1, float g2, long count, long from, long tap, long to,
                                   long number) {
        for (long i = 0; i < 4 * count; i += BYTES) {
            long p = from + i & ADDRESS;
            var f0 = FloatVector.broadcast(S, g0);
            var f1 = FloatVector.broadcast(S, g1);
            var f2 = FloatVector.broadcast(S, g2);
            var even0 = load(p + 6 * tap).fma(f2, load(p).mul(f0));
            var even1 = load(p + 7 * tap).fma(f2, load(p + tap).mul(f0));
            var even2 = load(p + 8 * tap).fma(f2, load(p + 2 * tap).mul(f0));
            var odd0 = load(p + 3 * tap).mul(f1);
            var odd1 = load(p + 4 * tap).mul(f1);
            var odd2 = load(p + 5 * tap).mul(f1);
            filterRow(even0.add(odd0), even1.add(odd1), even2.add(odd2), to + i, number);
            filterRow(even0.sub(odd0), even1.sub(odd1), even2.sub(odd2), to + i + 6 * number, number);
        }
    }

    /** A row of {@code G g} times G'. */
    private static void filterRow(FloatVector g0, FloatVector g1, FloatVector g2, long to, long number) {
        long v = to & ADDRESS;
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

    @Override
    public void output(int tiles, int channels, long from, long fromTile, long fromNumber,
                       long to, long toRow, long toPixel) {
        for (int t = 0; t < tiles; t++) {
            long p = from + t * fromTile;
            long v = to + 4 * t * toPixel;
            evenRows(channels, p, fromNumber, v, toRow, toPixel);
            oddRows(channels, p, fromNumber, v + toRow, toRow, toPixel);
        }
    }

    /** Rows 0 and 2 of the results, which have the points of a pair in sums. */
    private static void evenRows(int channels, long from, long fromNumber, long to, long toRow, long toPixel) {
        long n = fromNumber & STRIDE;
        long row = toRow & STRIDE;
        long pixel = toPixel & STRIDE;
        for (int c = 0; c < channels; c += LANES) {
            long p = from + 4L * c & ADDRESS;
            var squareA = FloatVector.broadcast(S, A2);
            var squareB = FloatVector.broadcast(S, B2);
            var a0 = load(p + 6 * n).add(load(p + 12 * n));
            var b0 = load(p + 18 * n).add(load(p + 24 * n));
            var u0 = load(p).add(a0.add(b0));
            var l0 = b0.fma(squareB, a0.mul(squareA));
            var a1 = load(p + 7 * n).add(load(p + 13 * n));
            var b1 = load(p + 19 * n).add(load(p + 25 * n));
            var u1 = load(p + n).add(a1.add(b1));
            var l1 = b1.fma(squareB, a1.mul(squareA));
            var a2 = load(p + 8 * n).add(load(p + 14 * n));
            var b2 = load(p + 20 * n).add(load(p + 26 * n));
            var u2 = load(p + 2 * n).add(a2.add(b2));
            var l2 = b2.fma(squareB, a2.mul(squareA));
            var a3 = load(p + 9 * n).add(load(p + 15 * n));
            var b3 = load(p + 21 * n).add(load(p + 27 * n));
            var u3 = load(p + 3 * n).add(a3.add(b3));
            var l3 = b3.fma(squareB, a3.mul(squareA));
            var a4 = load(p + 10 * n).add(load(p + 16 * n));
            var b4 = load(p + 22 * n).add(load(p + 28 * n));
            var u4 = load(p + 4 * n).add(a4.add(b4));
            var l4 = b4.fma(squareB, a4.mul(squareA));
            var a5 = load(p + 11 * n).add(load(p + 17 * n));
            var b5 = load(p + 23 * n).add(load(p + 29 * n));
            var u5 = load(p + 5 * n).add(a5.add(b5));
            var l5 = b5.fma(squareB, a5.mul(squareA));
            outputRow(u0, u1, u2, u3, u4, u5, to + 4L * c, pixel);
            outputRow(l0, l1, l2, l3, l4, l5, to + 4L * c + 2 * row, pixel);
        }
    }

    /** Rows 1 and 3 of the results, which have the points of a pair in differences. */
    private static void oddRows(int channels, long from, long fromNumber, long to, long toRow, long toPixel) {
        long n = fromNumber & STRIDE;
        long row = toRow & STRIDE;
        long pixel = toPixel & STRIDE;
        for (int c = 0; c < channels; c += LANES) {
            long p = from + 4L * c & ADDRESS;
            var a = FloatVector.broadcast(S, A);
            var b = FloatVector.broadcast(S, B);
            var cubeA = FloatVector.broadcast(S, A3);
            var cubeB = FloatVector.broadcast(S, B3);
            var a0 = load(p + 6 * n).sub(load(p + 12 * n));
            var b0 = load(p + 18 * n).sub(load(p + 24 * n));
            var u0 = b0.fma(b, a0.mul(a));
            var l0 = b0.fma(cubeB, a0.fma(cubeA, load(p + 30 * n)));
            var a1 = load(p + 7 * n).sub(load(p + 13 * n));
            var b1 = load(p + 19 * n).sub(load(p + 25 * n));
            var u1 = b1.fma(b, a1.mul(a));
            var l1 = b1.fma(cubeB, a1.fma(cubeA, load(p + 31 * n)));
            var a2 = load(p + 8 * n).sub(load(p + 14 * n));
            var b2 = load(p + 20 * n).sub(load(p + 26 * n));
            var u2 = b2.fma(b, a2.mul(a));
            var l2 = b2.fma(cubeB, a2.fma(cubeA, load(p + 32 * n)));
            var a3 = load(p + 9 * n).sub(load(p + 15 * n));
            var b3 = load(p + 21 * n).sub(load(p + 27 * n));
            var u3 = b3.fma(b, a3.mul(a));
            var l3 = b3.fma(cubeB, a3.fma(cubeA, load(p + 33 * n)));
            var a4 = load(p + 10 * n).sub(load(p + 16 * n));
            var b4 = load(p + 22 * n).sub(load(p + 28 * n));
            var u4 = b4.fma(b, a4.mul(a));
            var l4 = b4.fma(cubeB, a4.fma(cubeA, load(p + 34 * n)));
            var a5 = load(p + 11 * n).sub(load(p + 17 * n));
            var b5 = load(p + 23 * n).sub(load(p + 29 * n));
            var u5 = b5.fma(b, a5.mul(a));
            var l5 = b5.fma(cubeB, a5.fma(cubeA, load(p + 35 * n)));
            outputRow(u0, u1, u2, u3, u4, u5, to + 4L * c, pixel);
            outputRow(l0, l1, l2, l3, l4, l5, to + 4L * c + 2 * row, pixel);
        }
    }

    /** A row of {@code A' m} times A. */
    private static void outputRow(FloatVector m0, FloatVector m1, FloatVector m2, FloatVector m3, FloatVector m4,
                                  FloatVector m5, long to, long pixel) {
        long v = to & ADDRESS;
        var sumA = m1.add(m2);
        var sumB = m3.add(m4);
        m0.add(sumA.add(sumB)).intoMemorySegment(ALL, v, ORDER);
        sumB.fma(FloatVector.broadcast(S, B2), sumA.mul(FloatVector.broadcast(S, A2)))
                .intoMemorySegment(ALL, v + 2 * pixel, ORDER);
        var differenceA = m1.sub(m2);
        var differenceB = m3.sub(m4);
        differenceB.fma(FloatVector.broadcast(S, B), differenceA.mul(FloatVector.broadcast(S, A)))
                .intoMemorySegment(ALL, v + pixel, ORDER);
        differenceB.fma(FloatVector.broadcast(S, B3), differenceA.fma(FloatVector.broadcast(S, A3), m5))
                .intoMemorySegment(ALL, v + 3 * pixel, ORDER);
    }

    @Override
    public void gradient(int band, int tiles, int channels, long from, long fromRow, long fromPixel,
                         long to, long toTile, long toNumber) {
        for (int t = 0; t < tiles; t++) {
            long p = from + 4L * t * fromPixel;
            long v = to + t * toTile;
            switch (band) {
                case 0 -> gradientOuter(channels, p, fromPixel, v, toNumber);
                case 1 -> gradientPair(A, A2, A3, channels, p, fromRow, fromPixel, v, toNumber);
                case 2 -> gradientPair(B, B2, B3, channels, p, fromRow, fromPixel, v, toNumber);
                default -> gradientOuter(channels, p + 3 * fromRow, fromPixel, v, toNumber);
            }
        }
    }

    private static void gradientOuter(int channels, long from, long fromPixel, long to, long toNumber) {
        long pixel = fromPixel & STRIDE;
        long number = toNumber & STRIDE;
        for (int c = 0; c < channels; c += LANES) {
            long shift = 4L * Math.min(c, channels - LANES);
            long p = from + shift & ADDRESS;
            gradientRow(load(p), load(p + pixel), load(p + 2 * pixel), load(p + 3 * pixel), to + shift, number);
        }
    }

    private static void gradientPair(float point, float square, float cube, int channels, long from, long fromRow,
                                     long fromPixel, long to, long toNumber) {
        long row = fromRow & STRIDE;
        long pixel = fromPixel & STRIDE;
        long number = toNumber & STRIDE;
        for (int c = 0; c < channels; c += LANES) {
            long shift = 4L * Math.min(c, channels - LANES);
            long p = from + shift & ADDRESS;
            var f1 = FloatVector.broadcast(S, point);
            var f2 = FloatVector.broadcast(S, square);
            var f3 = FloatVector.broadcast(S, cube);
            var even0 = load(p + 2 * row).fma(f2, load(p));
            var odd0 = load(p + 3 * row).fma(f3, load(p + row).mul(f1));
            var even1 = load(p + 2 * row + pixel).fma(f2, load(p + pixel));
            var odd1 = load(p + 3 * row + pixel).fma(f3, load(p + row + pixel).mul(f1));
            var even2 = load(p + 2 * row + 2 * pixel).fma(f2, load(p + 2 * pixel));
            var odd2 = load(p + 3 * row + 2 * pixel).fma(f3, load(p + row + 2 * pixel).mul(f1));
            var even3 = load(p + 2 * row + 3 * pixel).fma(f2, load(p + 3 * pixel));
            var odd3 = load(p + 3 * row + 3 * pixel).fma(f3, load(p + row + 3 * pixel).mul(f1));
            gradientRow(even0.add(odd0), even1.add(odd1), even2.add(odd2), even3.add(odd3), to + shift, number);
            gradientRow(even0.sub(odd0), even1.sub(odd1), even2.sub(odd2), even3.sub(odd3), to + shift + 6 * number,
                    number);
        }
    }

    /** A row of {@code A y} times A'. */
    private static void gradientRow(FloatVector y0, FloatVector y1, FloatVector y2, FloatVector y3, long to,
                                    long number) {
        long v = to & ADDRESS;
        y0.intoMemorySegment(ALL, v, ORDER);
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
