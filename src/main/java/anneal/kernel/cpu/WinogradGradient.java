package anneal.kernel.cpu;

import static anneal.kernel.cpu.Product.ROW;
import static anneal.kernel.cpu.TileLanes.PANEL;

import anneal.kernel.Activation;
import anneal.kernel.ConvSpec;

/**
 * The weight gradient of a 3x3 convolution by Winograd's F(m x m, 3x3) turned around, which is F(3x3, m x m):
 * {@code dg = G' (sum over all tiles of (B' d B) * (A dy A')) G}, a matrix product over tiles for each of the (m+2)^2
 * numbers instead of nine over m^2 times as many pixels. A task sums a block of the weights over a slice of the tiles;
 * slices and blocks follow from the shape.
 */
final class WinogradGradient {
    /** Tiles whose products are one chain of multiply-adds: so few that the sum is as exact as the direct one. */
    private static final int CHAIN = 32;
    /** Output channels that are transformed back at a time. */
    private static final int FILTERS = 16;
    private static final int ENOUGH_TASKS = 24;
    private static final int MOST_SLICES = 16;
    /** Between numbers, so that they do not all fall into one set of a cache. */
    private static final long GAP = 192;

    private final CpuContext context;
    private final ConvSpec s;
    private final WinogradTile size;
    /** Tiles that are transformed at a time. */
    private final int chunk;
    /** Output channels of a task. */
    private final int block;
    private final int tilesH;
    private final int tilesW;
    private final int panels;
    private final int blocks;

    WinogradGradient(CpuContext context, WinogradTile size, ConvSpec s) {
        this.context = context;
        this.size = size;
        this.s = s;
        // a block of sums, one for each number, has to stay in the second-level cache beside a band of a chunk
        chunk = size == WinogradTile.F2 ? 128 : 32;
        block = size == WinogradTile.F2 ? 128 : 64;
        tilesH = size.tiles(s.outH());
        tilesW = size.tiles(s.outW());
        panels = (s.inC() + PANEL - 1) / PANEL;
        blocks = (s.outC() + block - 1) / block;
    }

    /** Into how many parts the tiles are cut, so that small weights of large images make enough tasks. */
    int slices() {
        int tasks = panels * blocks;
        long wanted = Math.min((ENOUGH_TASKS + tasks - 1) / tasks, (long) s.n() * tilesH * tilesW / chunk);
        return (int) Math.max(1, Math.min(MOST_SLICES, wanted));
    }

    /** As {@link ConvGradient#accumulate}. */
    void accumulate(PaddedInput input, int samples, long dy, long dyPixel, long sums, boolean add) {
        int slices = slices();
        int lines = samples * tilesH;
        long floats = 9L * s.outC() * s.inC();
        context.threads().run(slices * panels * blocks, (task, worker) -> {
            int part = task % blocks;
            int panel = task / blocks % panels;
            int slice = task / blocks / panels;
            // equal shares: none has fewer channels than a transform takes
            var work = new Work(input, dy, dyPixel, s.inC() * panel / panels, s.inC() * (panel + 1) / panels,
                    s.outC() * part / blocks, s.outC() * (part + 1) / blocks, worker);
            work.sum((int) ((long) lines * slice / slices), (int) ((long) lines * (slice + 1) / slices));
            work.store(sums + 4 * slice * floats, add);
        });
    }

    /** A task, with its worker's memory, for some of the input and output channels. */
    private final class Work {
        private final PaddedInput input;
        private final long dy;
        private final long dyPixel;
        private final int in;
        private final int cols;
        private final int out;
        private final int rows;
        private final long inputs;
        private final long inputNumber = chunk * ROW + GAP;
        private final long gradients;
        private final long gradientRow = 4L * block;
        private final long gradientNumber = chunk * gradientRow + GAP;
        private final long products;
        private final long productNumber;
        private final long edge;
        private boolean started;

        Work(PaddedInput input, long dy, long dyPixel, int in, int inEnd, int out, int outEnd, int worker) {
            this.input = input;
            this.dy = dy;
            this.dyPixel = dyPixel;
            this.in = in;
            cols = inEnd - in;
            this.out = out;
            rows = outEnd - out;
            productNumber = rows * ROW + GAP;
            inputs = context.threads().scratch(worker,
                    size.bandNumbers() * (inputNumber + gradientNumber) + size.numbers() * productNumber
                            + (long) size.result() * size.result() * chunk * gradientRow);
            gradients = inputs + size.bandNumbers() * inputNumber;
            products = gradients + size.bandNumbers() * gradientNumber;
            edge = products + size.numbers() * productNumber;
        }

        /** Sums over lines of tiles. */
        void sum(int from, int to) {
            int lines = Math.max(1, chunk / tilesW);
            for (int line = from; line < to; line += lines) {
                for (int tile = 0; tile < tilesW; tile += chunk) {
                    chunk(line, Math.min(lines, to - line), tile, Math.min(chunk, tilesW - tile));
                }
            }
            if (!started) {
                Native.clear(products, size.numbers() * productNumber);
            }
        }

        private void chunk(int line, int lines, int tile, int tiles) {
            for (int band = 0; band < size.bands(); band++) {
                for (int i = 0; i < lines; i++) {
                    transform(band, line + i, tile, tiles, (long) i * tiles);
                }
                int first = size.bandRow(band) * size.patch();
                int end = size.bandRow(band + 1) * size.patch();
                for (int j = 0; j < end - first; j++) {
                    multiply(lines * tiles, gradients + j * gradientNumber, inputs + j * inputNumber,
                            products + (first + j) * productNumber);
                }
            }
            started = true;
        }

        private void multiply(int tiles, long left, long right, long to) {
            for (int t = 0; t < tiles; t += CHAIN) {
                context.lanes().tiles().multiply(rows, cols, 1, Math.min(CHAIN, tiles - t), left + t * gradientRow, 0,
                        4, gradientRow, right + t * ROW, 0, ROW, to, ROW, started || t > 0);
            }
        }

        private void transform(int band, int line, int tile, int tiles, long place) {
            var lanes = context.lanes().winograd(size);
            int sample = line / tilesH;
            int h = size.result() * (line % tilesH);
            int w = size.result() * tile;
            lanes.input(band, tiles, cols, input.base() + sample * input.image() + h * input.row() + w * input.pixel()
                    + 4L * in, input.row(), input.pixel(), inputs + place * ROW, ROW, inputNumber);
            long from = dy + (((long) sample * s.outH() + h) * s.outW() + w) * dyPixel + 4L * out;
            long to = gradients + place * gradientRow;
            int wide = size.result() * tiles;
            int height = Math.min(size.result(), s.outH() - h);
            int width = Math.min(wide, s.outW() - w);
            if (height == size.result() && width == wide) {
                lanes.gradient(band, tiles, rows, from, s.outW() * dyPixel, dyPixel, to, gradientRow, gradientNumber);
                return;
            }
            // tiles that reach beyond the image see zeros there
            long edgeRow = wide * gradientRow;
            Native.clear(edge, size.result() * edgeRow);
            for (int i = 0; i < height; i++) {
                context.lanes().panels().copy(width, rows, from + i * s.outW() * dyPixel, dyPixel, edge + i * edgeRow,
                        gradientRow);
            }
            lanes.gradient(band, tiles, rows, edge, edgeRow, gradientRow, to, gradientRow, gradientNumber);
        }

        /** Transforms the sums back, over the transformed inputs, and hands them over. */
        void store(long sums, boolean add) {
            long taps = inputs;
            long tap = 4L * FILTERS * PANEL;
            for (int first = 0; first < rows; first += FILTERS) {
                int count = Math.min(FILTERS, rows - first);
                for (int r = 0; r < 3; r++) {
                    context.lanes().winograd(size).filterGradient(r, (long) count * PANEL, products + first * ROW,
                            productNumber, taps + 3 * r * tap, tap);
                }
                for (int t = 0; t < 9; t++) {
                    context.lanes().panels().finish(count, cols, taps + t * tap, ROW,
                            sums + 4 * (((long) out + first) * 9 * s.inC() + (long) t * s.inC() + in), 36L * s.inC(),
                            0, 0, 0, 0, 1, add ? 1 : 0, Activation.NONE);
                }
            }
        }
    }
}
