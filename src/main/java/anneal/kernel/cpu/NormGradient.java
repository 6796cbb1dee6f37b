package anneal.kernel.cpu;

import anneal.kernel.Buf;
import anneal.kernel.NormSpec;
import anneal.kernel.Prologue;

/**
 * {@link anneal.kernel.Kernels#normBackward}. With u the normalised input and dv the gradient before the activation,
 * everything follows from S1 = sum dv and S2 = sum dv u of each sample's channels: the parameters' gradients at once,
 * and dx, linear in dv and x with numbers per channel, in a second pass that computes dv again rather than store it.
 */
final class NormGradient {
    private final CpuContext cpu;
    private final NormSpec s;
    private final Prologue p;
    private final NormCoefficients numbers;
    private final int channels;
    private final long line;
    private final Buf x;
    private final Buf dy;

    NormGradient(CpuContext cpu, NormSpec s, Prologue p, Buf x, Buf dy) {
        this.cpu = cpu;
        this.s = s;
        this.p = p;
        this.x = x;
        this.dy = dy;
        channels = s.channels();
        line = (long) channels * Float.BYTES;
        numbers = new NormCoefficients(p, channels);
    }

    void run(Buf dx, double dxBeta, Buf dGamma, Buf dBeta, Buf dScale, Buf dShift) {
        if (NormKernel.isRows(s, p)) {
            rows(dx, (float) dxBeta, dGamma, dBeta);
            return;
        }
        long memory = cpu.memory().allocate(s.n() * Sample.LINES * line);
        var samples = new Sample(memory);
        try {
            cpu.threads().run(s.n(), (i, _) -> numbers.write(i, channels, samples.mean(i)));
            sums(samples);
            cpu.threads().run(s.n(), (i, _) -> {
                store(samples, i, dScale, dShift);
                samples.linear(i);
            });
            parameters(samples, dGamma, dBeta);
            if (dx != null) {
                gradient(samples, dx, (float) dxBeta);
            }
        } finally {
            cpu.memory().free(memory);
        }
    }

    /** The numbers per channel of every sample, one line of floats each (S1 and S2 are doubles: two lines each). */
    private final class Sample {
        static final int LINES = 10;
        private final long memory;

        Sample(long memory) {
            this.memory = memory;
        }

        long line(int sample, int number) {
            return memory + (sample * (long) LINES + number) * line;
        }

        long mean(int sample) {
            return line(sample, 0);
        }

        long a(int sample) {
            return line(sample, 1);
        }

        long b(int sample) {
            return line(sample, 2);
        }

        /** k1, k2 or k3 of {@link NormLanes#gradient}. */
        long k(int sample, int which) {
            return line(sample, 2 + which);
        }

        long s1(int sample) {
            return line(sample, 6);
        }

        long s2(int sample) {
            return line(sample, 8);
        }

        /** dx = rstd (A dv - m1 - u m2), A = gamma (1 + scale), m1 and m2 the means of A dv and A dv u. */
        void linear(int sample) {
            int perGroup = s.channelsPerGroup();
            double count = (double) s.h() * s.w() * perGroup;
            for (int from = 0; from < channels; from += perGroup) {
                double m1 = 0;
                double m2 = 0;
                for (int c = from; p.mean() != null && c < from + perGroup; c++) {
                    double factor = numbers.gamma(c) * numbers.scale(sample, c);
                    m1 += factor * Elements.getDouble(s1(sample) + 8L * c) / count;
                    m2 += factor * Elements.getDouble(s2(sample) + 8L * c) / count;
                }
                double r = numbers.rstd(sample, from);
                for (int c = from; c < from + perGroup; c++) {
                    Native.set(k(sample, 1) + 4L * c, (float) (r * numbers.gamma(c) * numbers.scale(sample, c)));
                    Native.set(k(sample, 2) + 4L * c, (float) (-r * r * m2));
                    Native.set(k(sample, 3) + 4L * c, (float) (-r * m1));
                }
            }
        }
    }

    private void sums(Sample samples) {
        var blocks = new Blocks(s);
        long partial = cpu.memory().allocate(2 * s.n() * blocks.perSample() * line);
        try {
            blocks.forEach(cpu, (i, block, first, channel, count) -> {
                long at = 4L * channel;
                long pixel = i * (long) s.h() * s.w() + first;
                cpu.lanes().norm().gradientSums(p.act(), blocks.pixels(block), count,
                        x.address() + 4 * pixel * x.rowPitch() + at, 4 * x.rowPitch(),
                        dy.address() + 4 * pixel * dy.rowPitch() + at, 4 * dy.rowPitch(),
                        samples.mean(i) + at, samples.a(i) + at, samples.b(i) + at,
                        partial + 2 * line * (i * (long) blocks.perSample() + block) + at, line);
            });
            cpu.threads().run(s.n(), (i, _) -> {
                long from = partial + 2 * line * i * blocks.perSample();
                for (int c = 0; c < channels; c++) {
                    double sum = 0;
                    double product = 0;
                    for (int block = 0; block < blocks.perSample(); block++) {
                        sum += Native.get(from + 2 * line * block + 4L * c);
                        product += Native.get(from + 2 * line * block + line + 4L * c);
                    }
                    Elements.setDouble(samples.s1(i) + 8L * c, sum);
                    Elements.setDouble(samples.s2(i) + 8L * c, product * numbers.rstd(i, c));
                }
            });
        } finally {
            cpu.memory().free(partial);
        }
    }

    private void store(Sample samples, int i, Buf dScale, Buf dShift) {
        for (int c = 0; c < channels; c++) {
            double s1 = Elements.getDouble(samples.s1(i) + 8L * c);
            double s2 = Elements.getDouble(samples.s2(i) + 8L * c);
            put(dScale, i, c, numbers.gamma(c) * s2 + numbers.beta(c) * s1);
            put(dShift, i, c, s1);
        }
    }

    private void parameters(Sample samples, Buf dGamma, Buf dBeta) {
        for (int c = 0; c < channels && (dGamma != null || dBeta != null); c++) {
            double gamma = 0;
            double beta = 0;
            for (int i = 0; i < s.n(); i++) {
                double scale = numbers.scale(i, c);
                gamma += scale * Elements.getDouble(samples.s2(i) + 8L * c);
                beta += scale * Elements.getDouble(samples.s1(i) + 8L * c);
            }
            put(dGamma, 0, c, gamma);
            put(dBeta, 0, c, beta);
        }
    }

    private static void put(Buf b, int row, int column, double value) {
        if (b != null) {
            Native.set(b.address() + 4 * (row * b.rowPitch() + column), (float) value);
        }
    }

    private void gradient(Sample samples, Buf dx, float dxBeta) {
        long area = (long) s.h() * s.w();
        long chunk = Math.min(area, NormKernel.grain(channels));
        long chunks = (area + chunk - 1) / chunk;
        cpu.threads().ranges(s.n() * chunks, NormKernel.grain(chunk * channels), (from, to, _) -> {
            for (long i = from; i < to; i++) {
                int n = (int) (i / chunks);
                long first = i % chunks * chunk;
                long pixel = n * area + first;
                cpu.lanes().norm().gradient(p.act(), (int) Math.min(chunk, area - first), channels,
                        x.address() + 4 * pixel * x.rowPitch(), 4 * x.rowPitch(),
                        dy.address() + 4 * pixel * dy.rowPitch(), 4 * dy.rowPitch(),
                        samples.mean(n), samples.a(n), samples.b(n), samples.k(n, 1), samples.k(n, 2),
                        samples.k(n, 3), dxBeta, dx.address() + 4 * pixel * dx.rowPitch(), 4 * dx.rowPitch());
            }
        });
    }

    /** LayerNorm: blocks of rows add up their own dGamma and dBeta, which are then joined in double. */
    private void rows(Buf dx, float dxBeta, Buf dGamma, Buf dBeta) {
        int block = ReduceLanes.ROWS;
        int blocks = (s.n() + block - 1) / block;
        long partial = cpu.memory().allocate(2 * blocks * line);
        try {
            cpu.threads().run(blocks, (i, _) -> {
                long sums = partial + 2 * line * i;
                Native.clear(sums, 2 * line);
                for (int row = i * block; row < Math.min(s.n(), (i + 1) * block); row++) {
                    row(row, sums, dx, dxBeta);
                }
            });
            for (int c = 0; c < channels; c++) {
                double gamma = 0;
                double beta = 0;
                for (int i = 0; i < blocks; i++) {
                    gamma += Native.get(partial + 2 * line * i + 4L * c);
                    beta += Native.get(partial + 2 * line * i + line + 4L * c);
                }
                put(dGamma, 0, c, gamma);
                put(dBeta, 0, c, beta);
            }
        } finally {
            cpu.memory().free(partial);
        }
    }

    private void row(int i, long sums, Buf dx, float dxBeta) {
        cpu.lanes().norm().rowGradient(channels, x.address() + 4 * i * x.rowPitch(), (float) numbers.mean(i, 0),
                (float) numbers.rstd(i, 0), NormKernel.addressOrZero(p.gamma()),
                dy.address() + 4 * i * dy.rowPitch(), sums, sums + line, dxBeta,
                dx == null ? 0 : dx.address() + 4 * i * dx.rowPitch());
    }
}
