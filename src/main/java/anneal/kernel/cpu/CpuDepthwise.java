package anneal.kernel.cpu;

import static anneal.kernel.cpu.DepthwiseLanes.BLOCK;
import static anneal.kernel.cpu.DepthwiseLanes.BYTES;
import static anneal.kernel.cpu.DepthwiseLanes.LINE;
import static anneal.kernel.cpu.DepthwiseLanes.TAPS;

import anneal.kernel.Activation;
import anneal.kernel.Buf;
import anneal.kernel.ConvSpec.Mode;
import anneal.kernel.DepthwiseSpec;
import anneal.kernel.Epilogue;
import anneal.kernel.Plan;

/**
 * Depthwise convolution, {@link DepthwiseLanes#LINE} channels and some rows of one image at a time: they are copied
 * with their border of zeros into a worker's scratch, where a window's rows fit the first-level cache, and the kernel's taps
 * run over that. The data gradient is the same with the taps turned round.
 */
final class CpuDepthwise {
    /** Rows are taken together for about so many bytes. */
    private static final long STRIP_BYTES = 256 << 10;
    private static final int LEAST_ROWS = 8;
    /** A weight gradient is cut into so many tasks, if it has as many images and channels. */
    private static final int TASKS = 16;

    private final CpuContext context;

    CpuDepthwise(CpuContext context) {
        this.context = context;
    }

    Plan plan(DepthwiseSpec s) {
        long bytes = s.mode() == Mode.WEIGHT_GRADIENT
                ? Native.ALIGNMENT + slices(s) * s.kH() * s.kW() * lines(s) * BYTES : 0;
        return new Plan("lines of channels", bytes, s.flops(), 4 * s.elements(), Plan.ALL);
    }

    private static int lines(DepthwiseSpec s) {
        return (s.channels() + LINE - 1) / LINE;
    }

    /** Groups of images whose sums of a weight gradient are made apart. */
    private static int slices(DepthwiseSpec s) {
        return Math.max(1, Math.min(s.n(), (TASKS + lines(s) - 1) / lines(s)));
    }

    void run(DepthwiseSpec s, Buf x, Buf w, Epilogue e, Buf y, Buf workspace) {
        switch (s.mode()) {
            case FORWARD -> windows(s, new Strips(s, x, s.padding(), s.padding(), s.outH(), s.outW()), w, false, e, y);
            case DATA_GRADIENT -> windows(s, new Strips(s, y, s.kH() - 1 - s.padding(), s.kW() - 1 - s.padding(),
                    s.h(), s.w()), w, true, e, x);
            case WEIGHT_GRADIENT -> weightGradient(s, x, w, e, y, workspace);
        }
    }

    /**
     * How images with their border are cut.
     *
     * @param in   the images
     * @param top  rows of zeros above them, and {@code left} columns beside them
     * @param outH rows of windows
     */
    private record Strips(DepthwiseSpec s, Buf in, int top, int left, int outH, int outW) {
        /** A row of pixels with its border, and as many more as a block of results reads beyond its end. */
        long rowBytes() {
            return (outW + s.kW() - 1 + Math.max(BLOCK, TAPS)) * BYTES;
        }

        int rows() {
            return (int) Math.clamp(STRIP_BYTES / rowBytes() - (s.kH() - 1), Math.min(LEAST_ROWS, outH), outH);
        }

        int count() {
            return (outH + rows() - 1) / rows();
        }

        long bytes() {
            return (rows() + s.kH() - 1) * rowBytes();
        }

        /** Copies what {@code rows} rows of windows from {@code first} on see of a line of an image's channels. */
        void fill(PanelLanes panels, int image, int line, int first, int rows, long to) {
            int height = in.shape().dim(1);
            int width = in.shape().dim(2);
            int channels = Math.min(LINE, s.channels() - line * LINE);
            long pixel = Output.pitch(in);
            for (int r = 0; r < rows + s.kH() - 1; r++) {
                long at = to + r * rowBytes();
                int row = first + r - top;
                boolean inside = row >= 0 && row < height;
                if (!inside || channels < LINE) {
                    Native.clear(at, rowBytes());
                } else {
                    Native.clear(at, left * BYTES);
                    Native.clear(at + (left + width) * BYTES, rowBytes() - (left + width) * BYTES);
                }
                if (inside) {
                    panels.copy(width, channels, in.address() + ((long) image * height + row) * width * pixel
                            + line * BYTES, pixel, at + left * BYTES, BYTES);
                }
            }
        }
    }

    private void windows(DepthwiseSpec s, Strips strips, Buf w, boolean turned, Epilogue e, Buf out) {
        int lines = lines(s);
        int taps = s.kH() * s.kW();
        var panels = context.lanes().panels();
        var output = Output.of(panels, out, e, (long) strips.outH * strips.outW);
        long resultBytes = (strips.outW + BLOCK) * BYTES;
        context.threads().run(Math.multiplyExact(s.n() * strips.count(), lines), (task, worker) -> {
            long strip = context.threads().scratch(worker, strips.bytes() + taps * BYTES + resultBytes);
            long weights = strip + strips.bytes();
            long results = weights + taps * BYTES;
            int line = task % lines;
            int image = task / lines / strips.count();
            int first = task / lines % strips.count() * strips.rows();
            int rows = Math.min(strips.rows(), strips.outH - first);
            int channels = Math.min(LINE, s.channels() - line * LINE);
            if (channels < LINE) {
                Native.clear(weights, taps * BYTES);
            }
            panels.copy(taps, channels, w.address() + line * BYTES, 4L * s.channels(), weights, BYTES);
            strips.fill(panels, image, line, first, rows, strip);
            for (int r = 0; r < rows; r++) {
                context.lanes().depthwise().row(s.kH(), s.kW(), strips.outW, strip + r * strips.rowBytes(),
                        strips.rowBytes(), turned ? weights + (taps - 1) * BYTES : weights, turned ? -BYTES : BYTES,
                        results);
                long row = ((long) image * strips.outH + first + r) * strips.outW;
                output.take(strips.outW, channels, results, BYTES, row, (long) line * LINE);
            }
        });
    }

    /** Sums over some images for each line of channels, and then these sums in order. */
    private void weightGradient(DepthwiseSpec s, Buf x, Buf w, Epilogue e, Buf y, Buf workspace) {
        int lines = lines(s);
        int slices = slices(s);
        long row = lines * BYTES;
        long slice = s.kH() * s.kW() * row;
        long sums = Output.workspace(workspace, plan(s));
        context.threads().run(slices * lines, (task, worker) -> sumImages(s, x, y, worker, task % lines,
                (int) ((long) (task / lines) * s.n() / slices), (int) ((long) (task / lines + 1) * s.n() / slices),
                sums + task / lines * slice + task % lines * BYTES, row));
        var panels = context.lanes().panels();
        context.threads().run(s.kH() * s.kW(), (tap, _) -> {
            for (int i = 1; i < slices; i++) {
                panels.finish(1, s.channels(), sums + i * slice + tap * row, row, sums + tap * row, row, 0, 0, 0, 0,
                        1, 1, Activation.NONE);
            }
            panels.finish(1, s.channels(), sums + tap * row, row, w.address() + 4L * tap * s.channels(), row, 0, 0, 0,
                    0, (float) e.alpha(), (float) e.beta(), Activation.NONE);
        });
    }

    /** A line of all taps' gradients from the images {@code from} to {@code end} - 1, a tap every {@code toRow}. */
    private void sumImages(DepthwiseSpec s, Buf x, Buf y, int worker, int line, int from, int end, long to,
                           long toRow) {
        var strips = new Strips(s, x, s.padding(), s.padding(), s.outH(), s.outW());
        int blocks = (s.kW() + TAPS - 1) / TAPS;
        int channels = Math.min(LINE, s.channels() - line * LINE);
        long sumBytes = (long) s.kH() * blocks * TAPS * BYTES;
        long strip = context.threads().scratch(worker, strips.bytes() + TAPS * BYTES + sumBytes + s.outW() * BYTES);
        long sums = strip + strips.bytes() + TAPS * BYTES;
        long gradients = sums + sumBytes;
        var panels = context.lanes().panels();
        Native.clear(sums, sumBytes);
        Native.clear(gradients, s.outW() * BYTES);
        for (int image = from; image < end; image++) {
            for (int first = 0; first < s.outH(); first += strips.rows()) {
                int rows = Math.min(strips.rows(), s.outH() - first);
                strips.fill(panels, image, line, first, rows, strip);
                for (int r = 0; r < rows; r++) {
                    long pixel = ((long) image * s.outH() + first + r) * s.outW();
                    panels.copy(s.outW(), channels, y.address() + pixel * Output.pitch(y) + line * BYTES,
                            Output.pitch(y), gradients, BYTES);
                    for (int block = 0; block < s.kH() * blocks; block++) {
                        context.lanes().depthwise().sums(s.outW(), strip + (r + block / blocks) * strips.rowBytes()
                                + block % blocks * TAPS * BYTES, gradients, sums + block * TAPS * BYTES);
                    }
                }
            }
        }
        for (int a = 0; a < s.kH(); a++) {
            panels.copy(s.kW(), LINE, sums + (long) a * blocks * TAPS * BYTES, BYTES, to + a * s.kW() * toRow, toRow);
        }
    }
}
