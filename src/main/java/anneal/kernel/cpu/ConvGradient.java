package anneal.kernel.cpu;

import static anneal.kernel.cpu.Product.ROW;
import static anneal.kernel.cpu.TileLanes.PANEL;

import anneal.kernel.Activation;
import anneal.kernel.ConvSpec;

/**
 * The weight gradient: for every kernel tap a product of transposed output gradients with shifted input pixels, summed
 * over all pixels of all samples in the order in which they lie. The pixels are cut into slices whose number follows
 * from the shape; the slices' sums are added in order.
 */
final class ConvGradient {
    /** Pixels that are brought close together at a time: 32 KiB of panel. */
    private static final int CHUNK = 128;
    /** Output channels of a task. */
    private static final int BLOCK = 128;
    private static final int ENOUGH_TASKS = 24;
    private static final int MOST_SLICES = 16;
    /** A slice has at least so many pixels. */
    private static final int SLICE = 2048;

    private final CpuContext context;
    private final ConvSpec s;

    ConvGradient(CpuContext context, ConvSpec s) {
        this.context = context;
        this.s = s;
    }

    /** Columns of one kernel row of the gradient. */
    private int width() {
        return s.kW() * s.inC();
    }

    /**
     * Whether the whole window of a pixel is so small that vectors along it would be mostly empty. Then they run along
     * the output channels, and all kernel rows are taken together.
     */
    private boolean narrow() {
        return s.kH() * width() <= PANEL && s.outC() > width();
    }

    private int panels() {
        return (width() + PANEL - 1) / PANEL;
    }

    private int blocks() {
        int most = narrow() ? PANEL : BLOCK;
        return (s.outC() + most - 1) / most;
    }

    /** Tasks of a slice beside those of other blocks: one for each panel of each kernel row. */
    private int pieces() {
        return narrow() ? 1 : s.kH() * panels();
    }

    private long pixels() {
        return (long) s.n() * s.outH() * s.outW();
    }

    /** Into how many parts the pixels are cut, so that small weights of large images make enough tasks. */
    int slices() {
        long tasks = (long) pieces() * blocks();
        long wanted = Math.min((ENOUGH_TASKS + tasks - 1) / tasks, pixels() / SLICE);
        return (int) Math.max(1, Math.min(MOST_SLICES, wanted));
    }

    /** Floats of one slice's sums. */
    long floats() {
        return (long) s.outC() * s.kH() * width();
    }

    /**
     * Sums over the samples from {@code first} on.
     *
     * @param input the padded input of these samples
     * @param dy    address of the output gradient of the first of them, and the stride of its pixels
     * @param sums  {@link #slices} times {@link #floats} floats
     * @param add   whether the sums hold those of earlier samples
     */
    void accumulate(PaddedInput input, int samples, long dy, long dyPixel, long sums, boolean add) {
        int slices = slices();
        int blocks = blocks();
        int height = (s.outC() + blocks - 1) / blocks;
        int perSlice = pieces() * blocks;
        long pixels = (long) samples * s.outH() * s.outW();
        context.threads().run(slices * perSlice, (task, worker) -> {
            int slice = task / perSlice;
            int channel = task % blocks * height;
            int rows = Math.min(height, s.outC() - channel);
            long from = pixels * slice / slices;
            long to = pixels * (slice + 1) / slices;
            long out = sums + 4 * (slice * floats() + (long) channel * s.kH() * width());
            if (narrow()) {
                window(input, channel, rows, from, to, dy, dyPixel, out, add, worker);
            } else {
                int piece = task / blocks % pieces();
                int panel = piece % panels();
                int tap = piece / panels();
                block(input, tap, panel, channel, rows, from, to, dy, dyPixel,
                        out + 4L * (tap * width() + panel * PANEL), add, worker);
            }
        });
    }

    /** The gradient of {@code rows} output channels for the whole window, computed as its transpose. */
    private void window(PaddedInput input, int channel, int rows, long from, long to, long dy, long dyPixel, long out,
                        boolean add, int worker) {
        int cols = s.kH() * width();
        long outRow = 4L * cols;
        long scratch = context.threads().scratch(worker, 2 * CHUNK * ROW + cols * ROW);
        long gradients = scratch + CHUNK * ROW;
        long tile = gradients + CHUNK * ROW;
        var panels = context.lanes().panels();
        if (add) {
            panels.transpose(rows, cols, out, outRow, tile, ROW);
        } else {
            Native.clear(tile, cols * ROW);
        }
        for (long at = from; at < to; at += CHUNK) {
            int count = (int) Math.min(CHUNK, to - at);
            for (int tap = 0; tap < s.kH(); tap++) {
                gather(input, tap, 0, width(), at, count, scratch + 4L * tap * width());
            }
            panels.copy(count, rows, dy + at * dyPixel + 4L * channel, dyPixel, gradients, ROW);
            context.lanes().tiles().multiply(cols, rows, 1, count, scratch, 0, 4, ROW, gradients, 0, ROW, tile, ROW,
                    true);
        }
        panels.transpose(cols, rows, tile, ROW, out, outRow);
    }

    private void block(PaddedInput input, int tap, int panel, int channel, int rows, long from, long to,
                       long dy, long dyPixel, long out, boolean add, int worker) {
        int cols = Math.min(PANEL, width() - panel * PANEL);
        long outRow = 4L * s.kH() * width();
        long scratch = context.threads().scratch(worker, CHUNK * (ROW + 4L * BLOCK) + BLOCK * ROW);
        long gradients = scratch + CHUNK * ROW;
        long tile = gradients + CHUNK * 4L * BLOCK;
        var panels = context.lanes().panels();
        if (add) {
            panels.copy(rows, cols, out, outRow, tile, ROW);
        } else {
            Native.clear(tile, rows * ROW);
        }
        for (long at = from; at < to; at += CHUNK) {
            int count = (int) Math.min(CHUNK, to - at);
            gather(input, tap, panel, cols, at, count, scratch);
            panels.copy(count, rows, dy + at * dyPixel + 4L * channel, dyPixel, gradients, 4L * BLOCK);
            context.lanes().tiles().multiply(rows, cols, 1, count, gradients, 0, 4, 4L * BLOCK, scratch, 0, ROW,
                    tile, ROW, true);
        }
        panels.copy(rows, cols, tile, ROW, out, outRow);
    }

    /** Brings the columns of a panel for {@code count} output pixels together. */
    private void gather(PaddedInput input, int tap, int panel, int cols, long first, int count, long to) {
        for (int done = 0; done < count;) {
            long line = (first + done) / s.outW();
            int w = (int) ((first + done) % s.outW());
            int run = Math.min(count - done, s.outW() - w);
            long from = input.base() + line / s.outH() * input.image()
                    + (line % s.outH() * s.stride() + tap) * input.row() + w * s.stride() * input.pixel()
                    + panel * ROW;
            context.lanes().panels().copy(run, cols, from, s.stride() * input.pixel(), to + done * ROW, ROW);
            done += run;
        }
    }

    /** {@code w = alpha * sum of the slices + beta * w}. */
    void finish(int slices, long sums, long w, float alpha, float beta) {
        var lanes = context.lanes().panels();
        context.threads().ranges(s.outC(), 8, (from, to, worker) -> {
            int count = s.kH() * width();
            for (long c = from; c < to; c++) {
                long first = sums + 4 * c * count;
                for (int i = 1; i < slices; i++) {
                    long next = first + 4 * i * floats();
                    lanes.finish(1, count, next, 0, first, 0, 0, 0, 0, 0, 1, 1, Activation.NONE);
                }
                lanes.finish(1, count, first, 0, w + 4 * c * count, 0, 0, 0, 0, 0, alpha, beta,
                        Activation.NONE);
            }
        });
    }
}
