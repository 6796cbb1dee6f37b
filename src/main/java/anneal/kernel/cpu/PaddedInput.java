package anneal.kernel.cpu;

import anneal.kernel.Buf;
import anneal.kernel.NormSpec;
import anneal.kernel.Prologue;
import anneal.kernel.Resample;

/**
 * Images with their zero border written out and their prologue applied: what a direct convolution reads, where the
 * window of an output pixel is one run of floats in each of its rows. All strides are in bytes.
 */
record PaddedInput(long base, long image, long row, long pixel) {
    /** Floats of {@code n} images of this size. */
    static long floats(long n, long height, long width, long channels) {
        return n * height * width * channels;
    }

    /** A dense layout at {@code base}. */
    static PaddedInput dense(long base, int height, int width, int channels) {
        long pixel = 4L * channels;
        return new PaddedInput(base, pixel * width * height, pixel * width, pixel);
    }

    /** The buffer itself, where no border and no prologue is wanted. */
    static PaddedInput view(Buf x, int sample) {
        long pixel = Output.pitch(x);
        long row = pixel * x.shape().dim(2);
        long image = row * x.shape().dim(1);
        return new PaddedInput(x.address() + sample * image, image, row, pixel);
    }

    /**
     * Writes {@code count} samples of p(x) from {@code first} on, with {@code border} zeros above and to the left, and
     * zeros below and to the right as far as the images reach.
     */
    void fill(CpuContext context, Prologue p, Buf x, int first, int count, int border) {
        var d = x.shape();
        var spec = new NormSpec(d.dim(0), d.dim(1), d.dim(2), d.dim(3), Math.max(1, p.groups()), 0);
        int height = (int) (image / row);
        int step = p.resample() == Resample.UP ? 2 : 1;
        try (var source = new PrologueImage(context, spec, p, x)) {
            int inside = source.height() / step;
            context.threads().run(count * inside, (task, worker) -> {
                long scratch = context.threads().scratch(worker, source.scratchBytes());
                int h = task % inside * step;
                long to = base + task / inside * image + (border + h) * row;
                source.row(first + task / inside, h, to + border * pixel, pixel, scratch);
                sides(to, border, source.width());
                if (step == 2) {
                    Native.copy(to, to + row, row);
                }
            });
        }
        int end = border + p.resample().apply(d.dim(1));
        context.threads().run(count, (sample, _) -> {
            Native.clear(base + sample * image, border * row);
            Native.clear(base + sample * image + end * row, (height - end) * row);
        });
    }

    private void sides(long line, int border, int width) {
        Native.clear(line, border * pixel);
        Native.clear(line + (border + width) * pixel, row - (border + width) * pixel);
    }

    /**
     * Writes gradients dy for the transposed convolution, surrounded by zeros, the first pixel at (top, left), which
     * may be negative; what falls outside is left out.
     */
    void surround(CpuContext context, Buf dy, int first, int count, int top, int left) {
        int height = (int) (image / row);
        int width = (int) (row / pixel);
        int channels = dy.shape().last();
        var from = view(dy, first);
        context.threads().run(count * height, (task, worker) -> {
            int u = task % height - top;
            long to = base + task / height * image + task % height * row;
            Native.clear(to, row);
            if (u < 0 || u >= dy.shape().dim(1)) {
                return;
            }
            long line = from.base + task / height * from.image + u * from.row;
            int begin = Math.max(0, -left);
            int end = Math.min(dy.shape().dim(2), width - left);
            if (end > begin) {
                context.lanes().panels().copy(end - begin, channels, line + begin * from.pixel, from.pixel,
                        to + (left + (long) begin) * pixel, pixel);
            }
        });
    }
}
