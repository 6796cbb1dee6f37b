package anneal.kernel.cpu;

import anneal.kernel.Buf;
import anneal.kernel.NormSpec;
import anneal.kernel.Prologue;
import anneal.kernel.Resample;

/**
 * Images [n, h, w, c] as a {@link Prologue} leaves them, given out row by row: normalised, modulated, activated and
 * resampled on the way from the input to wherever the caller wants the row, such as the padded strips of a convolution.
 *
 * <p>Use: make one before the parallel loop; in a task call {@link #row} with {@link #scratchBytes} of the worker's
 * own memory; close it after the loop. {@link #row} may be called by several threads at once.
 */
final class PrologueImage implements AutoCloseable {
    private final BlockPool memory;
    private final NormLanes lanes;
    private final NormSpec s;
    private final Prologue p;
    private final long x;
    private final long pitch;
    private final long pixelBytes;
    /** Mean, a and b of every sample's channels; 0 when the prologue changes no value. */
    private final long coefficients;

    /** @param x [n, h, w, channels] of {@code s}, before the prologue; may be pitched */
    PrologueImage(CpuContext cpu, NormSpec s, Prologue p, Buf x) {
        memory = cpu.memory();
        lanes = cpu.lanes().norm();
        this.s = s;
        this.p = p;
        this.x = x.address();
        pitch = x.rowPitch() * Float.BYTES;
        pixelBytes = (long) s.channels() * Float.BYTES;
        coefficients = p.withoutResample().isIdentity() ? 0 : memory.allocate(3 * s.n() * pixelBytes);
        if (coefficients != 0) {
            var numbers = new NormCoefficients(p, s.channels());
            cpu.threads().run(s.n(), (i, _) -> numbers.write(i, s.channels(), mean(i)));
        }
    }

    /** Height after the resample. */
    int height() {
        return p.resample().apply(s.h());
    }

    /** Width after the resample. */
    int width() {
        return p.resample().apply(s.w());
    }

    /** Memory that {@link #row} works in. */
    long scratchBytes() {
        return p.resample() == Resample.DOWN ? 2 * s.w() * pixelBytes : 0;
    }

    /**
     * Writes one row of the result: {@link #width} pixels.
     *
     * @param row     from 0 to {@link #height} - 1
     * @param to      address of the row's first pixel
     * @param toPitch bytes from one pixel of {@code to} to the next; what lies between pixels stays as it is
     * @param scratch {@link #scratchBytes} that nobody else uses meanwhile
     */
    void row(int sample, int row, long to, long toPitch, long scratch) {
        switch (p.resample()) {
            case NONE -> pixels(sample, (long) row * s.w(), s.w(), to, toPitch);
            case UP -> {
                pixels(sample, (long) (row / 2) * s.w(), s.w(), to, 2 * toPitch);
                for (int i = 0; i < s.w(); i++) {
                    Native.copy(to + 2 * i * toPitch, to + (2 * i + 1) * toPitch, pixelBytes);
                }
            }
            case DOWN -> {
                long next = s.w() * pixelBytes;
                pixels(sample, 2L * row * s.w(), s.w(), scratch, pixelBytes);
                pixels(sample, (2L * row + 1) * s.w(), s.w(), scratch + next, pixelBytes);
                lanes.average(width(), s.channels(), scratch, scratch + next, pixelBytes, to, toPitch);
            }
        }
    }

    /** Writes pixels of a sample, counted row after row, without resample. */
    void pixels(int sample, long first, int count, long to, long toPitch) {
        long from = x + (sample * (long) s.h() * s.w() + first) * pitch;
        if (coefficients == 0) {
            copy(count, from, to, toPitch);
        } else {
            lanes.apply(p.act(), count, s.channels(), from, pitch, mean(sample), mean(sample) + pixelBytes,
                    mean(sample) + 2 * pixelBytes, to, toPitch);
        }
    }

    private void copy(int count, long from, long to, long toPitch) {
        if (pitch == pixelBytes && toPitch == pixelBytes) {
            Native.copy(from, to, count * pixelBytes);
            return;
        }
        for (int i = 0; i < count; i++) {
            Native.copy(from + i * pitch, to + i * toPitch, pixelBytes);
        }
    }

    private long mean(int sample) {
        return coefficients + 3 * sample * pixelBytes;
    }

    @Override
    public void close() {
        if (coefficients != 0) {
            memory.free(coefficients);
        }
    }
}
