package anneal.kernel.cpu;

import static anneal.kernel.cpu.Product.ROW;
import static anneal.kernel.cpu.TileLanes.PANEL;

/**
 * The 3x3 convolution by Winograd's minimal filtering, forward and, with turned weights, for the data gradient. A task
 * takes a strip of tiles whose transformed input stays in the second-level cache, multiplies it with the transformed
 * weight matrices, one for each number of a tile, and transforms back. How tiles are put together into strips never
 * shows in the bits.
 *
 * @param inC  channels of the padded images, which have one pixel of border, and more where tiles reach further
 * @param outC channels of the result
 */
record WinogradProduct(CpuContext context, WinogradTile size, int outH, int outW, int inC, int outC) {
    /** A strip's transformed input and results take at most so many bytes. */
    private static final long STRIP = 512 << 10;
    private static final int MOST_TILES = 64;
    /** Between the numbers of a tile, so that they do not all fall into one set of a cache. */
    private static final long GAP = 192;
    private static final int ENOUGH_TASKS = 24;

    static long filterBytes(WinogradTile size, int inC, int outC) {
        return (outC + PANEL - 1) / PANEL * size.numbers() * inC * ROW;
    }

    int panels() {
        return (outC + PANEL - 1) / PANEL;
    }

    private WinogradLanes lanes() {
        return context.lanes().winograd(size);
    }

    /** The first number of a band. */
    private long number(int band) {
        return (long) size.bandRow(band) * size.patch();
    }

    private int tilesH() {
        return size.tiles(outH);
    }

    private int tilesW() {
        return size.tiles(outW);
    }

    /** Transforms weights that are packed as for {@link ConvProduct}; to panels of [number][input channel][64]. */
    void transform(long packed, long filters) {
        int parts = (inC + 31) / 32;
        context.threads().run(panels() * parts, (task, worker) -> {
            int channel = task % parts * 32;
            long count = (long) Math.min(32, inC - channel) * PANEL;
            long from = packed + (task / parts * 9L * inC + channel) * ROW;
            long to = filters + ((long) task / parts * size.numbers() * inC + channel) * ROW;
            for (int band = 0; band < size.bands(); band++) {
                lanes().filter(band, count, from, inC * ROW, to + number(band) * inC * ROW, inC * ROW);
            }
        });
    }

    /** Some tiles of some lines of tiles; lines are counted over all samples. */
    private record Strip(int line, int lines, int tile, int tiles) {
        int count() {
            return lines * tiles;
        }
    }

    /** How the tiles of some samples are cut into strips. */
    private record Cut(int allLines, int lines, int allTiles, int tiles) {
        int down() {
            return (allLines + lines - 1) / lines;
        }

        int across() {
            return (allTiles + tiles - 1) / tiles;
        }

        Strip strip(int i) {
            int line = i / across() * lines;
            int tile = i % across() * tiles;
            return new Strip(line, Math.min(lines, allLines - line), tile, Math.min(tiles, allTiles - tile));
        }
    }

    private Cut cut(int samples) {
        int allLines = samples * tilesH();
        long wanted = Math.min(MOST_TILES, STRIP / (4L * size.numbers() * (inC + PANEL)));
        int most = (int) Math.max(16, Math.min(wanted, (long) allLines * tilesW() / ENOUGH_TASKS));
        int across = (tilesW() + most - 1) / most;
        int tiles = (tilesW() + across - 1) / across;
        return new Cut(allLines, Math.max(1, Math.min(allLines, most / tiles)), tilesW(), tiles);
    }

    /** Multiplies; {@code row} is the output row of the first sample's first pixel. */
    void run(PaddedInput input, int samples, long filters, Output output, long row) {
        var cut = cut(samples);
        int strips = cut.down() * cut.across();
        // every task transforms its input, which costs little beside a panel's products
        int groups = strips >= ENOUGH_TASKS ? 1 : panels();
        context.threads().run(Math.multiplyExact(strips, groups), (task, worker) -> {
            int group = task / strips;
            new Work(cut.strip(task % strips), worker).run(input, filters, output, row,
                    groups == 1 ? 0 : group, groups == 1 ? panels() : group + 1);
        });
    }

    /** A task, with its worker's memory. */
    private final class Work {
        private final Strip strip;
        private final long inputs;
        private final long inputNumber;
        private final long products;
        private final long productNumber;
        private final long results;

        Work(Strip strip, int worker) {
            this.strip = strip;
            inputNumber = Native.align(4L * strip.count() * inC) + GAP;
            productNumber = strip.count() * ROW + GAP;
            inputs = context.threads().scratch(worker,
                    size.numbers() * (inputNumber + productNumber)
                            + (long) size.result() * size.result() * strip.tiles * ROW);
            products = inputs + size.numbers() * inputNumber;
            results = products + size.numbers() * productNumber;
        }

        void run(PaddedInput input, long filters, Output output, long row, int first, int last) {
            for (int i = 0; i < strip.lines; i++) {
                transform(input, i);
            }
            for (int panel = first; panel < last; panel++) {
                multiply(Math.min(PANEL, outC - panel * PANEL), filters + (long) panel * size.numbers() * inC * ROW);
                for (int i = 0; i < strip.lines; i++) {
                    finish(i, panel, output, row);
                }
            }
        }

        private void transform(PaddedInput input, int i) {
            int line = strip.line + i;
            long from = input.base() + line / tilesH() * input.image()
                    + (long) size.result() * (line % tilesH()) * input.row()
                    + (long) size.result() * strip.tile * input.pixel();
            for (int band = 0; band < size.bands(); band++) {
                lanes().input(band, strip.tiles, inC, from, input.row(), input.pixel(),
                        inputs + number(band) * inputNumber + 4L * i * strip.tiles * inC, 4L * inC, inputNumber);
            }
        }

        private void multiply(int cols, long panel) {
            for (int n = 0; n < size.numbers(); n++) {
                long left = inputs + n * inputNumber;
                long right = panel + n * inC * ROW;
                long to = products + n * productNumber;
                Parts.of(inC).forEach((segment, segments, k, depth) -> context.lanes().tiles().multiply(
                        strip.count(), cols, 1, depth, left + 4L * k, 0, 4L * inC, 4, right + k * ROW, 0, ROW,
                        to, ROW, k > 0));
            }
        }

        private void finish(int i, int panel, Output output, long row) {
            int line = strip.line + i;
            int h = size.result() * (line % tilesH());
            int w = size.result() * strip.tile;
            int rows = Math.min(size.result(), outH - h);
            int width = Math.min(size.result() * strip.tiles, outW - w);
            int cols = Math.min(PANEL, outC - panel * PANEL);
            long first = row + ((long) line / tilesH() * outH + h) * outW + w;
            long from = products + i * strip.tiles * ROW;
            boolean whole = rows == size.result() && width == size.result() * strip.tiles
                    && cols % WinogradLanes.FEWEST == 0;
            if (whole && output.isDirect()) {
                lanes().output(strip.tiles, cols, from, ROW, productNumber,
                        output.address(first, (long) panel * PANEL), outW * output.yRow(), output.yRow());
                return;
            }
            long resultRow = size.result() * strip.tiles * ROW;
            lanes().output(strip.tiles, cols, from, ROW, productNumber, results, resultRow, ROW);
            for (int r = 0; r < rows; r++) {
                output.take(width, cols, results + r * resultRow, ROW, first + (long) r * outW, (long) panel * PANEL);
            }
        }
    }
}
