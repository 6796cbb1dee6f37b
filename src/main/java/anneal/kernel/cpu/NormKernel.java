package anneal.kernel.cpu;

import anneal.kernel.Activation;
import anneal.kernel.Buf;
import anneal.kernel.NormSpec;
import anneal.kernel.Prologue;
import anneal.kernel.Resample;

/**
 * {@link anneal.kernel.Kernels#normStats} and {@link anneal.kernel.Kernels#norm}. Images are cut into blocks of pixels
 * and channels, by shape alone; rows of one pixel and one group, LayerNorm's case, are done whole, row after row.
 */
final class NormKernel {
    private final CpuContext cpu;

    NormKernel(CpuContext cpu) {
        this.cpu = cpu;
    }

    void stats(NormSpec s, Buf x, Buf mean, Buf rstd) {
        if (mean.shape().size() == 0) {
            return;
        }
        if (s.h() * s.w() == 1) {
            rowStats(s, x, mean, rstd);
        } else {
            new ImageStats(s, x, mean, rstd).run();
        }
    }

    private static void store(NormSpec s, Buf mean, Buf rstd, int sample, int group, double m, double variance) {
        put(mean, sample, group, m);
        put(rstd, sample, group, 1 / Math.sqrt(Math.max(0, variance) + s.eps()));
    }

    private static void put(Buf b, int row, int column, double value) {
        Native.set(b.address() + 4 * (row * b.rowPitch() + column), (float) value);
    }

    /** A group is one dense piece: the mean first, then the moments around it, while the piece is in the cache. */
    private void rowStats(NormSpec s, Buf x, Buf mean, Buf rstd) {
        int n = s.channelsPerGroup();
        cpu.threads().ranges(s.n(), grain(s.channels()), (from, to, worker) -> {
            long moments = cpu.threads().scratch(worker, 2 * Double.BYTES);
            for (long i = from; i < to; i++) {
                for (int g = 0; g < s.groups(); g++) {
                    long at = x.address() + 4 * (i * x.rowPitch() + (long) g * n);
                    cpu.lanes().norm().moments(n, at, Native.get(at), moments);
                    float centre = (float) (Native.get(at) + Elements.getDouble(moments) / n);
                    cpu.lanes().norm().moments(n, at, centre, moments);
                    double d = Elements.getDouble(moments) / n;
                    double variance = Elements.getDouble(moments + Double.BYTES) / n - d * d;
                    store(s, mean, rstd, (int) i, g, centre + d, variance);
                }
            }
        });
    }

    /** Items to a task, when each has {@code elements} elements. */
    static long grain(long elements) {
        return Math.max(1, MapKernel.GRAIN / Math.max(1, elements));
    }

    /**
     * Sums around each block's own centre, joined in double: with centre f, d1 = sum (x - f), d2 = sum (x - f)^2 of a
     * block of k, the sum around the group's mean m is {@code d2 + (f - m) (2 d1 + k (f - m))}.
     */
    private final class ImageStats {
        private final NormSpec s;
        private final Buf x;
        private final Buf mean;
        private final Buf rstd;
        private final Blocks blocks;
        private final long pixelBytes;
        private long sums;

        ImageStats(NormSpec s, Buf x, Buf mean, Buf rstd) {
            this.s = s;
            this.x = x;
            this.mean = mean;
            this.rstd = rstd;
            blocks = new Blocks(s);
            pixelBytes = (long) s.channels() * Float.BYTES;
        }

        void run() {
            sums = cpu.memory().allocate(3 * s.n() * blocks.perSample() * pixelBytes);
            try {
                blocks.forEach(cpu, (sample, block, first, channel, channels) -> cpu.lanes().norm().spread(
                        blocks.pixels(block), channels, pixel(sample, block) + 4L * channel, 4 * x.rowPitch(),
                        sum(sample, block) + 4L * channel, pixelBytes));
                cpu.threads().run(s.n(), (sample, _) -> {
                    for (int g = 0; g < s.groups(); g++) {
                        join(sample, g);
                    }
                });
            } finally {
                cpu.memory().free(sums);
            }
        }

        private long pixel(int sample, int block) {
            return x.address() + 4 * x.rowPitch() * (sample * (long) s.h() * s.w() + (long) block * NormLanes.PIXELS);
        }

        private long sum(int sample, int block) {
            return sums + 3 * pixelBytes * (sample * (long) blocks.perSample() + block);
        }

        private void join(int sample, int group) {
            int from = group * s.channelsPerGroup();
            int to = from + s.channelsPerGroup();
            double count = (double) s.h() * s.w() * s.channelsPerGroup();
            double origin = Native.get(sum(sample, 0) + 4L * from);
            double total = 0;
            for (int block = 0; block < blocks.perSample(); block++) {
                for (int c = from; c < to; c++) {
                    long at = sum(sample, block) + 4L * c;
                    total += Native.get(at + pixelBytes) + blocks.pixels(block) * (Native.get(at) - origin);
                }
            }
            double m = total / count;
            double squares = 0;
            for (int block = 0; block < blocks.perSample(); block++) {
                for (int c = from; c < to; c++) {
                    long at = sum(sample, block) + 4L * c;
                    double d = Native.get(at) - origin - m;
                    squares += Native.get(at + 2 * pixelBytes)
                            + d * (2 * Native.get(at + pixelBytes) + blocks.pixels(block) * d);
                }
            }
            store(s, mean, rstd, sample, group, origin + m, squares / count);
        }
    }

    void norm(NormSpec s, Prologue p, Buf x, Buf y) {
        if (y.shape().size() == 0) {
            return;
        }
        if (isRows(s, p)) {
            rows(s, p, x, y);
            return;
        }
        try (var image = new PrologueImage(cpu, s, p, x)) {
            switch (p.resample()) {
                case NONE -> pixels(s, image, y);
                case UP, DOWN -> resampled(s, p.resample(), image, y);
            }
        }
    }

    /** LayerNorm: the numbers per sample are two, not two a channel. */
    static boolean isRows(NormSpec s, Prologue p) {
        return s.h() * s.w() == 1 && s.groups() == 1 && p.mean() != null && p.scale() == null && p.shift() == null
                && p.act() == Activation.NONE && p.resample() == Resample.NONE;
    }

    private void rows(NormSpec s, Prologue p, Buf x, Buf y) {
        var numbers = new NormCoefficients(p, s.channels());
        long gamma = addressOrZero(p.gamma());
        long beta = addressOrZero(p.beta());
        cpu.threads().ranges(s.n(), grain(s.channels()), (from, to, _) -> {
            for (long i = from; i < to; i++) {
                cpu.lanes().norm().row(s.channels(), x.address() + 4 * i * x.rowPitch(),
                        (float) numbers.mean((int) i, 0), (float) numbers.rstd((int) i, 0), gamma, beta,
                        y.address() + 4 * i * y.rowPitch());
            }
        });
    }

    static long addressOrZero(Buf b) {
        return b == null ? 0 : b.address();
    }

    private void pixels(NormSpec s, PrologueImage image, Buf y) {
        long area = (long) s.h() * s.w();
        long chunk = Math.min(area, grain(s.channels()));
        long chunks = (area + chunk - 1) / chunk;
        long pitch = 4 * y.rowPitch();
        cpu.threads().ranges(s.n() * chunks, grain(chunk * s.channels()), (from, to, _) -> {
            for (long i = from; i < to; i++) {
                int sample = (int) (i / chunks);
                long first = i % chunks * chunk;
                image.pixels(sample, first, (int) Math.min(chunk, area - first),
                        y.address() + (sample * area + first) * pitch, pitch);
            }
        });
    }

    private void resampled(NormSpec s, Resample r, PrologueImage image, Buf y) {
        long pitch = 4 * y.rowPitch();
        int step = r == Resample.UP ? 2 : 1;
        int rows = image.height() / step;
        cpu.threads().run(s.n() * rows, (i, worker) -> {
            int sample = i / rows;
            int row = i % rows * step;
            long to = y.address() + ((long) sample * image.height() + row) * image.width() * pitch;
            image.row(sample, row, to, pitch, cpu.threads().scratch(worker, image.scratchBytes()));
            if (step == 2) {
                Resampler.copyPixels(image.width(), s.channels(), to, pitch, to + image.width() * pitch, pitch);
            }
        });
    }
}
