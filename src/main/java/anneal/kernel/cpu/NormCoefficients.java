package anneal.kernel.cpu;

import anneal.kernel.Buf;
import anneal.kernel.Prologue;

/**
 * A prologue's normalisation and modulation as numbers per channel: {@code a (x - mean) + b} is what goes into the
 * activation. Worked out in double from the few numbers involved.
 */
final class NormCoefficients {
    private final Prologue p;
    private final int perGroup;

    NormCoefficients(Prologue p, int channels) {
        this.p = p;
        perGroup = p.mean() == null ? 1 : channels / p.groups();
    }

    double mean(int sample, int channel) {
        return p.mean() == null ? 0 : at(p.mean(), sample, channel / perGroup);
    }

    double rstd(int sample, int channel) {
        return p.mean() == null ? 1 : at(p.rstd(), sample, channel / perGroup);
    }

    double gamma(int channel) {
        return p.gamma() == null ? 1 : at(p.gamma(), 0, channel);
    }

    double beta(int channel) {
        return p.beta() == null ? 0 : at(p.beta(), 0, channel);
    }

    /** 1 + scale. */
    double scale(int sample, int channel) {
        return p.scale() == null ? 1 : 1 + at(p.scale(), sample, channel);
    }

    double shift(int sample, int channel) {
        return p.shift() == null ? 0 : at(p.shift(), sample, channel);
    }

    /** Writes mean, a and b of a sample's channels, each {@code channels} dense floats, one after another. */
    void write(int sample, int channels, long to) {
        long line = 4L * channels;
        for (int c = 0; c < channels; c++) {
            double scale = scale(sample, c);
            Native.set(to + 4L * c, (float) mean(sample, c));
            Native.set(to + line + 4L * c, (float) (gamma(c) * rstd(sample, c) * scale));
            Native.set(to + 2 * line + 4L * c, (float) (beta(c) * scale + shift(sample, c)));
        }
    }

    private static float at(Buf b, long row, int column) {
        return Native.get(b.address() + 4 * (row * b.rowPitch() + column));
    }
}
