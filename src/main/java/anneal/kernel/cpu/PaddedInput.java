package anneal.kernel.cpu;

import anneal.kernel.Buf;
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

    /** Writes {@code count} samples of p(x) from {@code first} on, with {@code border} zeros on every side. */
    void fill(CpuContext context, Prologue p, Buf x, int first, int count, int border) {
        var source = new Source(context, p, x, this, border);
        int height = (int) (image / row);
        int strips = (height + Source.STRIP - 1) / Source.STRIP;
        context.threads().run(count * strips, (task, worker) -> {
            int from = task % strips * Source.STRIP;
            int sample = task / strips;
            source.rows(first + sample, base + sample * image, from, Math.min(height, from + Source.STRIP), worker);
        });
    }

    /**
     * Writes gradients dy for the transposed convolution: {@code zeros - 1} zeros between neighbouring pixels, the
     * first pixel at (top, left), which may be negative; what falls outside is left out.
     */
    void dilate(CpuContext context, Buf dy, int first, int count, int zeros, int top, int left) {
        int height = (int) (image / row);
        int width = (int) (row / pixel);
        int channels = dy.shape().last();
        var from = view(dy, first);
        context.threads().run(count * height, (task, worker) -> {
            int u = task % height - top;
            long to = base + task / height * image + task % height * row;
            Native.clear(to, row);
            if (u < 0 || u % zeros != 0 || u / zeros >= dy.shape().dim(1)) {
                return;
            }
            long line = from.base + task / height * from.image + u / zeros * from.row;
            int begin = left >= 0 ? 0 : (-left + zeros - 1) / zeros;
            int end = Math.min(dy.shape().dim(2), (width - left + zeros - 1) / zeros);
            if (end > begin) {
                context.lanes().panels().copy(end - begin, channels, line + begin * from.pixel, from.pixel,
                        to + (left + (long) begin * zeros) * pixel, zeros * pixel);
            }
        });
    }

    /** Computes rows of padded images. */
    private record Source(CpuContext context, Prologue p, Buf x, PaddedInput to, int border) {
        /** Rows a task: enough to share the preparation of a sample's coefficients. */
        static final int STRIP = 8;

        /** Rows {@code from} to {@code until} - 1 of a sample whose padded image begins at {@code image}. */
        void rows(int sample, long image, int from, int until, int worker) {
            int channels = x.shape().dim(3);
            int inside = (int) (to.row / to.pixel) - 2 * border;
            int height = p.resample().apply(x.shape().dim(1));
            long line = 4L * channels * x.shape().dim(2);
            long scratch = context.threads().scratch(worker, 2 * line + 12L * channels + 64);
            long coefficients = scratch + 2 * line;
            coefficients(sample, coefficients);
            for (int r = from; r < until; r++) {
                long at = image + r * to.row;
                int h = r - border;
                if (h < 0 || h >= height) {
                    Native.clear(at, to.row);
                    continue;
                }
                Native.clear(at, border * to.pixel);
                Native.clear(at + (border + inside) * to.pixel, border * to.pixel);
                boolean again = p.resample() == Resample.UP && h % 2 == 1 && r > from;
                if (again) {
                    Native.copy(at - to.row, at, to.row);
                } else {
                    inner(sample, h, at + border * to.pixel, inside, coefficients, scratch);
                }
            }
        }

        /** One row of pixels without its border. */
        private void inner(int sample, int h, long at, int width, long coefficients, long scratch) {
            int channels = x.shape().dim(3);
            long line = 4L * channels * x.shape().dim(2);
            long pixel = 4L * channels;
            var lanes = context.lanes().panels();
            switch (p.resample()) {
                case NONE -> modulated(sample, h, at, coefficients);
                case UP -> {
                    modulated(sample, h / 2, scratch, coefficients);
                    lanes.copy(width / 2, channels, scratch, pixel, at, 2 * pixel);
                    lanes.copy(width / 2, channels, scratch, pixel, at + pixel, 2 * pixel);
                }
                case DOWN -> {
                    modulated(sample, 2 * h, scratch, coefficients);
                    modulated(sample, 2 * h + 1, scratch + line, coefficients);
                    for (int w = 0; w < width; w++) {
                        long a = scratch + 2 * w * pixel;
                        lanes.average(channels, a, a + pixel, a + line, a + line + pixel, at + w * pixel);
                    }
                }
            }
        }

        /** A stored row after normalisation, modulation and activation. */
        private void modulated(int sample, int h, long at, long coefficients) {
            int channels = x.shape().dim(3);
            int width = x.shape().dim(2);
            long pitch = Output.pitch(x);
            long from = x.address() + ((long) sample * x.shape().dim(1) + h) * width * pitch;
            if (p.withoutResample().isIdentity()) {
                context.lanes().panels().copy(width, channels, from, pitch, at, 4L * channels);
            } else {
                context.lanes().panels().modulate(width, channels, from, pitch, at, 4L * channels, coefficients,
                        coefficients + 4L * channels, coefficients + 8L * channels, p.act());
            }
        }

        /** Three rows: mean, rstd * gamma * (1 + scale), beta * (1 + scale) + shift of every channel of a sample. */
        private void coefficients(int sample, long at) {
            int channels = x.shape().dim(3);
            int groups = Math.max(1, p.groups());
            int perGroup = channels / groups;
            for (int c = 0; c < channels; c++) {
                float mean = value(p.mean(), sample, c / perGroup, 0);
                float rstd = value(p.rstd(), sample, c / perGroup, 1);
                float scale = 1 + value(p.scale(), sample, c, 0);
                float shift = value(p.shift(), sample, c, 0);
                float gamma = value(p.gamma(), 0, c, 1);
                float beta = value(p.beta(), 0, c, 0);
                Native.set(at + 4L * c, mean);
                Native.set(at + 4L * (channels + c), rstd * gamma * scale);
                Native.set(at + 4L * (2 * channels + c), Math.fma(beta, scale, shift));
            }
        }

        private static float value(Buf b, long row, long column, float otherwise) {
            return b == null ? otherwise : Native.get(b.address() + row * Output.pitch(b) + 4 * column);
        }
    }
}
