package anneal.kernel.cpu;

import anneal.kernel.Buf;
import anneal.kernel.MapOp;
import anneal.kernel.MapOp.Fn;
import anneal.kernel.Resample;

/** {@link anneal.kernel.Kernels#resample}: every row of the result on its own. */
final class Resampler {
    private final CpuContext cpu;

    Resampler(CpuContext cpu) {
        this.cpu = cpu;
    }

    void resample(Resample r, Buf x, Buf y, double alpha, double beta) {
        var d = y.shape();
        if (d.size() == 0) {
            return;
        }
        int height = d.dim(1);
        int width = d.dim(2);
        int channels = d.dim(3);
        int inHeight = x.shape().dim(1);
        int inWidth = x.shape().dim(2);
        long pitch = 4 * x.rowPitch();
        var row = new Row(r, width, channels, pitch, alpha, beta);
        long grain = NormKernel.grain((long) width * channels);
        cpu.threads().ranges((long) d.dim(0) * height, grain, (from, to, worker) -> {
            long scratch = cpu.threads().scratch(worker, 4L * width * channels);
            for (long i = from; i < to; i++) {
                long sample = i / height;
                long line = i % height;
                long source = switch (r) {
                    case NONE -> line;
                    case UP -> line / 2;
                    case DOWN -> 2 * line;
                };
                long at = x.address() + (sample * inHeight + source) * inWidth * pitch;
                row.write(at, at + inWidth * pitch, y.address() + 4 * i * width * y.rowPitch(), 4 * y.rowPitch(),
                        scratch);
            }
        });
    }

    /** Copies pixels of {@code channels} dense floats; pitches in bytes. */
    static void copyPixels(int pixels, int channels, long from, long fromPitch, long to, long toPitch) {
        long bytes = 4L * channels;
        if (fromPitch == bytes && toPitch == bytes) {
            Native.copy(from, to, pixels * bytes);
            return;
        }
        for (int i = 0; i < pixels; i++) {
            Native.copy(from + i * fromPitch, to + i * toPitch, bytes);
        }
    }

    /** What is the same for all rows. */
    private final class Row {
        private final Resample r;
        private final int width;
        private final int channels;
        private final long pitch;
        /** alpha and beta; null when they change nothing. */
        private final MapOp scale;

        Row(Resample r, int width, int channels, long pitch, double alpha, double beta) {
            this.r = r;
            this.width = width;
            this.channels = channels;
            this.pitch = pitch;
            scale = alpha == 1 && beta == 0 ? null : MapOp.of(beta == 0 ? Fn.AFFINE : Fn.AXPBY, alpha, beta);
        }

        void write(long top, long bottom, long to, long toPitch, long scratch) {
            if (scale == null) {
                plain(top, bottom, to, toPitch);
                return;
            }
            long dense = 4L * channels;
            plain(top, bottom, scratch, dense);
            for (int i = 0; i < width; i++) {
                long at = to + i * toPitch;
                cpu.lanes().pointwise().apply(scale, channels, at, 4, scratch + i * dense, 4, at, 4, 0, 0);
            }
        }

        private void plain(long top, long bottom, long to, long toPitch) {
            switch (r) {
                case NONE -> copyPixels(width, channels, top, pitch, to, toPitch);
                case DOWN -> cpu.lanes().norm().average(width, channels, top, bottom, pitch, to, toPitch);
                case UP -> {
                    copyPixels(width / 2, channels, top, pitch, to, 2 * toPitch);
                    copyPixels(width / 2, channels, top, pitch, to + toPitch, 2 * toPitch);
                }
            }
        }
    }
}
