package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.kernel.cpu.scalar.ScalarLanes;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Vectors give the bits of plain Java, and the transforms together are a convolution and its weight gradient. */
class WinogradLanesTest {
    private static final int TILES = 5;
    private static final int PITCH = 4 * 50;
    private static final long NUMBER = TILES * PITCH;
    private static final int FLOATS = 32768;

    private final Random random = new Random(3);
    private final NormalFloats floats = new NormalFloats(random);

    private static WinogradLanes plain(WinogradTile tile) {
        return new ScalarLanes().winograd(tile);
    }

    private interface Transform {
        void run(WinogradLanes lanes, long from, long to);
    }

    /** Both from the same numbers, into memory that holds the same. */
    private void same(String name, WinogradTile tile, Transform transform) {
        try (var arena = Arena.ofConfined()) {
            long from = floats.block(arena, FLOATS);
            long expected = Native.allocate(arena, 4 * FLOATS);
            long actual = Native.allocate(arena, 4 * FLOATS);
            transform.run(plain(tile), from, expected);
            transform.run(LanesLookup.best().winograd(tile), from, actual);
            for (int i = 0; i < FLOATS; i++) {
                assertEquals(Native.get(expected + 4L * i), Native.get(actual + 4L * i), 0f,
                        tile + " " + name + ", element " + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void vectorsGiveTheBitsOfThePlainLoop(WinogradTile tile) {
        int row = 24 * PITCH;
        for (int channels : new int[] {16, 17, 31, 32, 48, 50}) {
            for (int band = 0; band < tile.bands(); band++) {
                int b = band;
                same("input", tile, (lanes, from, to) -> lanes.input(b, TILES, channels, from, row, PITCH, to, PITCH,
                        NUMBER));
                same("gradient", tile, (lanes, from, to) -> lanes.gradient(b, TILES, channels, from, row, PITCH, to,
                        PITCH, NUMBER));
                same("filter", tile, (lanes, from, to) -> lanes.filter(b, 48, from, 208, to, 256));
            }
        }
        for (int r = 0; r < 3; r++) {
            int taps = r;
            same("filter gradient", tile, (lanes, from, to) -> lanes.filterGradient(taps, 48, from, 208, to, 256));
        }
        for (int channels : new int[] {16, 32, 48}) {
            same("output", tile, (lanes, from, to) -> lanes.output(TILES, channels, from, PITCH, NUMBER, to, row,
                    PITCH));
        }
    }

    private interface Band {
        void run(int band, long shift);
    }

    private static void bands(WinogradTile tile, long number, Band body) {
        for (int band = 0; band < tile.bands(); band++) {
            body.run(band, (long) tile.bandRow(band) * tile.patch() * number);
        }
    }

    private static void multiply(long a, long b, int count) {
        for (long at = 0; at < 4L * count; at += 4) {
            Native.set(a + at, Native.get(a + at) * Native.get(b + at));
        }
    }

    /** One tile, one output channel: A'(G g G' * B' d B)A against nine products a result. */
    @ParameterizedTest
    @EnumSource
    void theTransformsMakeAConvolution(WinogradTile tile) {
        int c = WinogradLanes.FEWEST;
        int m = tile.result();
        int patch = tile.patch();
        long pixel = 4L * c;
        var lanes = plain(tile);
        try (var arena = Arena.ofConfined()) {
            long d = floats.block(arena, tile.numbers() * c);
            long g = floats.block(arena, 9 * c);
            long input = floats.block(arena, tile.numbers() * c);
            long filter = floats.block(arena, tile.numbers() * c);
            long y = floats.block(arena, m * m * c);
            bands(tile, pixel, (band, shift) -> {
                lanes.input(band, 1, c, d, patch * pixel, pixel, input + shift, pixel, pixel);
                lanes.filter(band, c, g, pixel, filter + shift, pixel);
            });
            multiply(input, filter, tile.numbers() * c);
            lanes.output(1, c, input, pixel, pixel, y, m * pixel, pixel);
            for (int i = 0; i < m * m * c; i++) {
                int h = i / c / m;
                int w = i / c % m;
                double sum = 0;
                for (int tap = 0; tap < 9; tap++) {
                    sum += (double) Native.get(g + tap * pixel + 4L * (i % c))
                            * Native.get(d + ((h + tap / 3) * patch + w + tap % 3) * pixel + 4L * (i % c));
                }
                assertEquals(sum, Native.get(y + 4L * i), 3e-5, "result " + i);
            }
        }
    }

    /** One tile: G'(B' d B * A y A')G against m by m products a tap. */
    @ParameterizedTest
    @EnumSource
    void theTransformsMakeAWeightGradient(WinogradTile tile) {
        int c = WinogradLanes.FEWEST;
        int m = tile.result();
        int patch = tile.patch();
        long pixel = 4L * c;
        var lanes = plain(tile);
        try (var arena = Arena.ofConfined()) {
            long d = floats.block(arena, tile.numbers() * c);
            long y = floats.block(arena, m * m * c);
            long input = floats.block(arena, tile.numbers() * c);
            long gradient = floats.block(arena, tile.numbers() * c);
            long g = floats.block(arena, 9 * c);
            bands(tile, pixel, (band, shift) -> {
                lanes.input(band, 1, c, d, patch * pixel, pixel, input + shift, pixel, pixel);
                lanes.gradient(band, 1, c, y, m * pixel, pixel, gradient + shift, pixel, pixel);
            });
            multiply(input, gradient, tile.numbers() * c);
            for (int row = 0; row < 3; row++) {
                lanes.filterGradient(row, c, input, pixel, g + 3 * row * pixel, pixel);
            }
            for (int i = 0; i < 9 * c; i++) {
                int tap = i / c;
                double sum = 0;
                for (int j = 0; j < m * m; j++) {
                    sum += (double) Native.get(y + j * pixel + 4L * (i % c))
                            * Native.get(d + ((j / m + tap / 3) * patch + j % m + tap % 3) * pixel + 4L * (i % c));
                }
                assertEquals(sum, Native.get(g + 4L * i), 6e-5, "tap " + i);
            }
        }
    }
}
