package anneal.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The wrappers of kernels/anneal.cuh (kernels/fragments.cu) against the layouts of the PTX manual: "Matrix Fragments
 * for mma.m16n8k16", "... mma.m16n8k8", "ldmatrix", "cp.async", "shfl.sync", "cvt". The layouts are written down here
 * once more, by themselves: the simulator's emulation and these must agree, and on a GPU the hardware with both.
 */
class FragmentLayoutsTest {
    private static final int LANES = Fragments.LANES;

    private final Random random = new Random(20261127);
    private Fragments fragments;

    @BeforeEach
    void open() {
        fragments = new Fragments(TestedDevice.driver());
    }

    @AfterEach
    void close() {
        if (fragments != null) {
            fragments.close();
        }
    }

    /** Small whole numbers, so that every product and sum is exact in any order. */
    private float[][] wholes(int rows, int columns) {
        var m = new float[rows][columns];
        for (var row : m) {
            for (int i = 0; i < columns; i++) {
                row[i] = random.nextInt(-8, 9);
            }
        }
        return m;
    }

    private static int bits(float v) {
        return Float.floatToRawIntBits(v);
    }

    /** Two bfloat16 in a register: the lower half is the element of the lower index. */
    private static int pair(float low, float high) {
        return bits(low) >>> 16 | bits(high) & 0xffff0000;
    }

    /** The accumulator of m16n8: register i of a lane is row lane/4 (+8 for 2 and 3), column lane%4 * 2 + i%2. */
    private static int[] accumulator(float[][] d) {
        var registers = new int[LANES * 4];
        for (int lane = 0; lane < LANES; lane++) {
            for (int i = 0; i < 4; i++) {
                registers[4 * lane + i] = bits(d[lane / 4 + (i < 2 ? 0 : 8)][lane % 4 * 2 + i % 2]);
            }
        }
        return registers;
    }

    /** c + a b. */
    private static float[][] product(float[][] c, float[][] a, float[][] b) {
        var d = new float[16][8];
        for (int i = 0; i < 16; i++) {
            for (int j = 0; j < 8; j++) {
                d[i][j] = c[i][j];
                for (int k = 0; k < b.length; k++) {
                    d[i][j] += a[i][k] * b[k][j];
                }
            }
        }
        return d;
    }

    @Test
    void mmaBf16() {
        var a = wholes(16, 16);
        var b = wholes(16, 8);
        var c = wholes(16, 8);
        var left = new int[LANES * 4];
        var right = new int[LANES * 2];
        for (int lane = 0; lane < LANES; lane++) {
            int group = lane >> 2;
            int inGroup = lane % 4;
            for (int i = 0; i < 4; i++) {   // a0,a1 | a2,a3 | a4,a5 | a6,a7
                int row = i == 0 || i == 2 ? group : group + 8;
                int column = inGroup * 2 + (i < 2 ? 0 : 8);
                left[4 * lane + i] = pair(a[row][column], a[row][column + 1]);
            }
            for (int i = 0; i < 2; i++) {   // b0,b1 | b2,b3
                int row = inGroup * 2 + 8 * i;
                right[2 * lane + i] = pair(b[row][group], b[row + 1][group]);
            }
        }
        assertArrayEquals(accumulator(product(c, a, b)),
                fragments.run("fragments_mma_bf16", 0, accumulator(c), left, right));
    }

    @Test
    void mmaTf32() {
        var a = wholes(16, 8);
        var b = wholes(8, 8);
        var c = wholes(16, 8);
        var left = new int[LANES * 4];
        var right = new int[LANES * 2];
        for (int lane = 0; lane < LANES; lane++) {
            int group = lane >> 2;
            int inGroup = lane % 4;
            for (int i = 0; i < 4; i++) {
                left[4 * lane + i] = bits(a[i == 0 || i == 2 ? group : group + 8][i < 2 ? inGroup : inGroup + 4]);
            }
            for (int i = 0; i < 2; i++) {
                right[2 * lane + i] = bits(b[inGroup + 4 * i][group]);
            }
        }
        assertArrayEquals(accumulator(product(c, a, b)),
                fragments.run("fragments_mma_tf32", 0, accumulator(c), left, right));
    }

    /**
     * Lane 8 m + r names row r of matrix m; lane l gets elements 2 (l%4) and the next of row l/4, transposed of
     * column l/4.
     */
    @ParameterizedTest
    @CsvSource({"ldmatrix_x4, 4, false", "ldmatrix_x4_trans, 4, true", "ldmatrix_x2, 2, false",
        "ldmatrix_x2_trans, 2, true"})
    void ldmatrix(String wrapper, int matrices, boolean transposed) {
        var words = random.ints(256).toArray();
        var rows = new ArrayList<>(IntStream.range(0, 64).boxed().toList());
        java.util.Collections.shuffle(rows, random);
        var named = rows.stream().limit(LANES).mapToInt(Integer::intValue).toArray();
        var expected = new int[LANES * 4];
        for (int lane = 0; lane < LANES; lane++) {
            for (int m = 0; m < matrices; m++) {
                int pair = 2 * (lane % 4);
                int at = lane / 4;
                int low = transposed ? half(words, named[8 * m + pair], at) : half(words, named[8 * m + at], pair);
                int high = transposed ? half(words, named[8 * m + pair + 1], at)
                        : half(words, named[8 * m + at], pair + 1);
                expected[4 * lane + m] = low | high << 16;
            }
        }
        assertArrayEquals(expected, fragments.run("fragments_" + wrapper, 0, new int[LANES * 4], words, named));
    }

    /** A 16-bit element of a row of 16 bytes. */
    private static int half(int[] words, int row, int element) {
        return words[4 * row + element / 2] >>> (element % 2 * 16) & 0xffff;
    }

    @Test
    void copyAsync() {
        int groups = 3;
        var in = random.ints(groups * LANES * 4L).toArray();
        var valid = IntStream.range(0, LANES).map(i -> i % 5 == 2 || i % 7 == 3 ? 0 : 1).toArray();
        var expected = new int[in.length];
        for (int i = 0; i < in.length; i++) {
            int other = LANES - 1 - i / 4 % LANES;   // whose copy it is
            boolean copied = other % 2 == 0 || i % 4 == 0;
            int from = (i / 4 / LANES * LANES + other) * 4 + i % 4;
            expected[i] = !copied ? 7 : valid[other] != 0 ? in[from] : 0;
        }
        assertArrayEquals(expected,
                fragments.run("fragments_copy_async", in.length * 4, new int[in.length], in, valid));
    }

    @Test
    void warp() {
        var v = new float[LANES];
        for (int i = 0; i < LANES; i++) {
            v[i] = (float) random.nextGaussian();
        }
        var expected = new int[5 * LANES];
        for (int lane = 0; lane < LANES; lane++) {
            expected[lane] = bits(v[(lane * 5 + 3) % LANES]);
            expected[LANES + lane] = bits(v[lane ^ 13]);
            expected[2 * LANES + lane] = bits(v[lane + 9 < LANES ? lane + 9 : lane]);
            expected[3 * LANES + lane] = bits(butterfly(v)[lane]);
            expected[4 * LANES + lane] = bits(max(v));
        }
        var words = IntStream.range(0, LANES).map(i -> bits(v[i])).toArray();
        assertArrayEquals(expected, fragments.run("fragments_warp", 0, new int[5 * LANES], words));
    }

    /** Sums in the wrapper's order: 16, 8, 4, 2, 1. */
    private static float[] butterfly(float[] v) {
        var now = v.clone();
        for (int mask = LANES / 2; mask > 0; mask /= 2) {
            var before = now.clone();
            for (int i = 0; i < LANES; i++) {
                now[i] = before[i] + before[i ^ mask];
            }
        }
        return now;
    }

    private static float max(float[] v) {
        float m = v[0];
        for (float x : v) {
            m = Math.max(m, x);
        }
        return m;
    }

    @Test
    void roundings() {
        var v = new float[] {0, -0.0f, 1, 1.00390625f, 1.01171875f, -1.00390625f, 3.14159274f, 1e-40f, -1e-45f,
            Float.MAX_VALUE, -Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MIN_NORMAL,
            1.00048828125f, 1.00146484375f, -1.00048828125f, 65504, 0.1f, -0.3f, Float.NaN};
        var words = new int[v.length];
        Arrays.setAll(words, i -> bits(v[i]));
        var got = fragments.run("fragments_round", 0, new int[4 * v.length], words, v.length);
        for (int i = 0; i < v.length; i++) {
            var what = "of " + v[i];
            if (Float.isNaN(v[i])) {
                assertTrue(Float.isNaN(Float.intBitsToFloat(got[4 * i] << 16)), what);
                continue;
            }
            int even = bits(v[i]) + 0x7fff + (bits(v[i]) >>> 16 & 1) >>> 16;   // to nearest, ties to even
            assertEquals(even, got[4 * i], what);
            assertEquals(even, got[4 * i + 1], what);
            assertEquals(even << 16, got[4 * i + 2], what);
            if (Float.isFinite(v[i]) && Math.abs(v[i]) < Float.MAX_VALUE) {
                // to nearest, ties away from zero; the rest does not count
                int away = bits(v[i]) + 0x1000 & 0xffffe000;
                assertEquals(away, got[4 * i + 3] & 0xffffe000, what);
            }
        }
    }
}
