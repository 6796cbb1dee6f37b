package anneal.kernel.cpu;

import static anneal.kernel.cpu.Product.ROW;
import static anneal.kernel.cpu.TileLanes.PANEL;

/**
 * The direct convolution, forward and, with turned weights, for the data gradient: a matrix product whose left rows
 * are windows of a padded image, read where they lie. One kernel row of a window is one run of floats.
 *
 * @param inC    channels of the padded images
 * @param outC   channels of the result
 * @param stride step of the window
 */
record ConvProduct(CpuContext context, int outH, int outW, int inC, int outC, int kH, int kW, int stride) {
    /** Pixels of a task: with a panel's columns 32 KiB of results. */
    private static final int PIXELS = 128;
    /** A panel of weights larger than this does not stay in the second-level cache beside others. */
    private static final long LARGE_PANEL = 640 << 10;
    /** More tasks than this are not needed. */
    private static final int ENOUGH_TASKS = 48;

    int depth() {
        return kH * kW * inC;
    }

    /** How a result's sum is cut: by kernel rows. */
    Parts parts() {
        return new Parts(kH, kW * inC);
    }

    int panels() {
        return (outC + PANEL - 1) / PANEL;
    }

    /** Multiplies with weights packed as panels; {@code row} is the output row of the first sample's first pixel. */
    void run(PaddedInput input, int samples, long weights, Output output, long row) {
        int rows = Math.max(1, Math.min(outH, PIXELS / outW));
        int strips = (outH + rows - 1) / rows;
        int height = (outH + strips - 1) / strips;
        boolean together = panels() * depth() * ROW <= LARGE_PANEL && samples * strips >= ENOUGH_TASKS;
        int groups = together ? 1 : panels();
        int count = samples * strips;
        context.threads().run(Math.multiplyExact(groups, count), (task, worker) -> {
            int sample = task % count / strips;
            int top = task % strips * height;
            var strip = new Strip(input.base() + sample * input.image() + (long) top * stride * input.row(),
                    Math.min(height, outH - top), row + ((long) sample * outH + top) * outW);
            int first = together ? 0 : task / count;
            int last = together ? panels() : first + 1;
            for (int panel = first; panel < last; panel++) {
                strip(strip, input, panel, weights + panel * ROW * depth(), output, worker);
            }
        });
    }

    /** Some rows of an output image. */
    private record Strip(long windows, int height, long row) {
    }

    private void strip(Strip s, PaddedInput input, int panel, long weights, Output output, int worker) {
        int cols = Math.min(PANEL, outC - panel * PANEL);
        long to = output.address(s.row, (long) panel * PANEL);
        long pitch = output.yRow();
        if (!output.isDirect()) {
            to = context.threads().scratch(worker, (long) s.height * outW * ROW);
            pitch = ROW;
        }
        multiply(s, input, cols, weights, to, pitch);
        if (!output.isDirect()) {
            output.take(s.height * outW, cols, to, ROW, s.row, (long) panel * PANEL);
        }
    }

    private void multiply(Strip s, PaddedInput input, int cols, long weights, long to, long pitch) {
        int width = kW * inC;
        parts().forEach((segment, segments, offset, depth) -> {
            for (int h = 0; h < s.height; h++) {
                context.lanes().tiles().multiply(outW, cols, segments, depth,
                        s.windows + ((long) h * stride + segment) * input.row() + 4L * offset, input.row(),
                        stride * input.pixel(), 4, weights + ((long) segment * width + offset) * ROW, width * ROW, ROW,
                        to + h * outW * pitch, pitch, segment + offset > 0);
            }
        });
    }

    /** Packs all windows of some samples as columns of panels; the pixels of all of them are counted on. */
    void packWindows(PaddedInput input, int samples, long panels) {
        int width = kW * inC;
        context.threads().run(samples * outH, (task, worker) -> {
            for (int done = 0; done < outW;) {
                long pixel = (long) task * outW + done;
                int column = (int) (pixel % PANEL);
                int count = Math.min(outW - done, PANEL - column);
                long to = panels + pixel / PANEL * ROW * depth() + 4L * column;
                long from = input.base() + task / outH * input.image()
                        + (long) (task % outH) * stride * input.row() + (long) done * stride * input.pixel();
                for (int k = 0; k < kH; k++) {
                    context.lanes().panels().transpose(count, width, from + k * input.row(),
                            stride * input.pixel(), to + (long) k * width * ROW, ROW);
                }
                done += count;
            }
        });
    }
}
