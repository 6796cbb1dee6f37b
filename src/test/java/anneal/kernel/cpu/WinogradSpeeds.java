package anneal.kernel.cpu;

import java.lang.foreign.Arena;

/** What the transforms of Winograd's convolution cost on one thread, for each result, and what boxes vectors. */
final class WinogradSpeeds {
    private static final int CHANNELS = 128;

    private WinogradSpeeds() {
    }

    public static void main(String[] args) {
        for (int round = 0; round < 4; round++) {
            for (var tile : WinogradTile.values()) {
                measure(tile, LanesLookup.best().winograd(tile));
            }
        }
    }

    private static void measure(WinogradTile tile, WinogradLanes lanes) {
        int m = tile.result();
        int tiles = 64 / (m * m);
        long pixel = 4L * CHANNELS;
        long number = tiles * pixel + 192;
        long row = (tiles * m + 2) * pixel;
        try (var arena = Arena.ofConfined()) {
            long image = Native.allocate(arena, tile.patch() * row);
            long numbers = Native.allocate(arena, tile.numbers() * number);
            long filters = Native.allocate(arena, 9 * 256L * 32);
            long transformed = Native.allocate(arena, tile.numbers() * 256L * 32);
            double results = 64.0 * CHANNELS;
            time(tile + " input", results, () -> bands(tile, number, (band, shift) -> lanes.input(band, tiles, CHANNELS,
                    image, row, pixel, numbers + shift, pixel, number)));
            time(tile + " output", results, () -> lanes.output(tiles, CHANNELS, numbers, pixel, number, image, row,
                    pixel));
            time(tile + " gradient", results, () -> bands(tile, number, (band, shift) -> lanes.gradient(band, tiles,
                    CHANNELS, image, row, pixel, numbers + shift, pixel, number)));
            time(tile + " filter", 64.0 * 32, () -> bands(tile, 256L * 32, (band, shift) -> lanes.filter(band, 64 * 32,
                    filters, 256L * 32, transformed + shift, 256L * 32)));
        }
    }

    private interface Band {
        void run(int band, long shift);
    }

    private static void bands(WinogradTile tile, long number, Band body) {
        for (int band = 0; band < tile.bands(); band++) {
            body.run(band, tile.bandRow(band) * tile.patch() * number);
        }
    }

    private static void time(String name, double results, Runnable run) {
        var speed = Speed.of(10_000, run);
        System.out.printf("%-24s %8.2f us %8.3f ns a result, %d bytes a call%n", name, speed.nanos() / 1000,
                speed.nanos() / results, speed.bytes());
    }
}
