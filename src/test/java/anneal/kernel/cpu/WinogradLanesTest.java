package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.kernel.cpu.scalar.ScalarLanes;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Vectors give the bits of plain Java, and the transforms together are a convolution. */
class WinogradLanesTest {
    private static final int TILES = 5;
    private static final int PITCH = 4 * 50;
    private static final long NUMBER = TILES * PITCH;

    private final Random random = new Random(3);
    private final WinogradLanes vector = LanesLookup.best().winograd();
    private final WinogradLanes plain = new ScalarLanes().winograd();

    private long floats(Arena arena, int count) {
        long block = Native.allocate(arena, 4L * count);
        for (int i = 0; i < count; i++) {
            Native.set(block + 4L * i, (float) random.nextGaussian());
        }
        return block;
    }

    private interface Transform {
        void run(WinogradLanes lanes, long from, long to);
    }

    /** Both from the same numbers, into memory that holds the same. */
    private void same(String name, Transform transform) {
        try (var arena = Arena.ofConfined()) {
            long from = floats(arena, 8192);
            long expected = Native.allocate(arena, 4 * 8192);
            long actual = Native.allocate(arena, 4 * 8192);
            transform.run(plain, from, expected);
            transform.run(vector, from, actual);
            for (int i = 0; i < 8192; i++) {
                assertEquals(Native.get(expected + 4L * i), Native.get(actual + 4L * i), 0f, name + ", element " + i);
            }
        }
    }

    @Test
    void vectorsGiveTheBitsOfThePlainLoop() {
        for (int channels : new int[] {16, 17, 31, 32, 48, 50}) {
            for (int row = 0; row < 4; row++) {
                int r = row;
                same("input", (lanes, from, to) -> lanes.input(r, TILES, channels, from, 12 * PITCH, PITCH, to, PITCH,
                        NUMBER));
                same("gradient", (lanes, from, to) -> lanes.gradient(r, TILES, channels, from, 12 * PITCH, PITCH, to,
                        PITCH, NUMBER));
                same("filter", (lanes, from, to) -> lanes.filter(r, 48, from, 208, to, 256));
                if (r < 3) {
                    same("filter gradient", (lanes, from, to) -> lanes.filterGradient(r, 48, from, 208, to, 256));
                }
            }
        }
        for (int channels : new int[] {16, 32, 48}) {
            same("output", (lanes, from, to) -> lanes.output(TILES, channels, from, PITCH, NUMBER, to, 2 * NUMBER,
                    PITCH));
        }
    }

    /** One tile, one output channel: A'(G g G' * B' d B)A against nine products a result. */
    @Test
    void theTransformsMakeAConvolution() {
        int c = WinogradLanes.FEWEST;
        long pixel = 4L * c;
        try (var arena = Arena.ofConfined()) {
            long d = floats(arena, 16 * c);
            long g = floats(arena, 9 * c);
            long input = floats(arena, 16 * c);
            long filter = floats(arena, 16 * c);
            long y = floats(arena, 4 * c);
            for (int row = 0; row < 4; row++) {
                plain.input(row, 1, c, d, 4 * pixel, pixel, input + 4 * row * pixel, pixel, pixel);
                plain.filter(row, c, g, pixel, filter + 4 * row * pixel, pixel);
            }
            for (int i = 0; i < 16 * c; i++) {
                Native.set(input + 4L * i, Native.get(input + 4L * i) * Native.get(filter + 4L * i));
            }
            plain.output(1, c, input, pixel, pixel, y, 2 * pixel, pixel);
            for (int i = 0; i < 4 * c; i++) {
                int h = i / c / 2;
                int w = i / c % 2;
                double sum = 0;
                for (int tap = 0; tap < 9; tap++) {
                    sum += (double) Native.get(g + tap * pixel + 4L * (i % c))
                            * Native.get(d + ((h + tap / 3) * 4 + w + tap % 3) * pixel + 4L * (i % c));
                }
                assertEquals(sum, Native.get(y + 4L * i), 1e-5, "result " + i);
            }
        }
    }
}
