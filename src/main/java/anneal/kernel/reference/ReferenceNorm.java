package anneal.kernel.reference;

import anneal.kernel.Activation;
import anneal.kernel.Buf;
import anneal.kernel.MapOp;
import anneal.kernel.NormSpec;
import anneal.kernel.Prologue;

/**
 * Group normalisation with its modulation and activation ("Group Normalization", eq. 1 to 3 and 6; "Diffusion Models
 * Beat GANs", section 3, for scale and shift), written as
 * {@code y = act(z * (1 + scale) + shift)}, {@code z = gamma * u + beta}, {@code u = (x - mean) * rstd}.
 */
final class ReferenceNorm {
    private final NormSpec s;
    private final int area;
    private final int channels;
    private final double[] mean;
    private final double[] rstd;
    private final double[] gamma;
    private final double[] beta;
    private final double[] scale;
    private final double[] shift;
    private final Activation act;

    private ReferenceNorm(NormSpec s, Prologue p) {
        this.s = s;
        area = s.h() * s.w();
        channels = s.channels();
        mean = Values.readOr(p.mean(), s.n() * s.groups(), 0);
        rstd = Values.readOr(p.rstd(), s.n() * s.groups(), 1);
        gamma = Values.readOr(p.gamma(), channels, 1);
        beta = Values.readOr(p.beta(), channels, 0);
        scale = Values.readOr(p.scale(), s.n() * channels, 0);
        shift = Values.readOr(p.shift(), s.n() * channels, 0);
        act = p.act();
    }

    /** Two passes: the variance is the mean square of what is left after the mean is taken away. */
    static void stats(NormSpec s, Buf xBuf, Buf meanBuf, Buf rstdBuf) {
        var norm = new ReferenceNorm(s, Prologue.NONE);
        var x = Values.read(xBuf);
        double count = (double) norm.area * s.channelsPerGroup();
        var mean = norm.groupSums(i -> x[i] / count);
        var variance = norm.groupSums(i -> {
            double d = x[i] - mean[norm.groupOf(i)];
            return d * d / count;
        });
        for (int g = 0; g < variance.length; g++) {
            variance[g] = 1 / Math.sqrt(variance[g] + s.eps());
        }
        Values.write(mean, meanBuf);
        Values.write(variance, rstdBuf);
    }

    static void forward(NormSpec s, Prologue p, Buf xBuf, Buf yBuf) {
        var norm = new ReferenceNorm(s, p);
        var x = Values.read(xBuf);
        for (int i = 0; i < x.length; i++) {
            x[i] = norm.activate(norm.modulated(norm.affine(norm.normalised(x[i], i), i), i));
        }
        Values.write(x, yBuf);
    }

    static void backward(NormSpec s, Prologue p, Buf xBuf, Buf dyBuf, Buf dxBuf, double dxBeta,
                         Buf dGammaBuf, Buf dBetaBuf, Buf dScaleBuf, Buf dShiftBuf) {
        var norm = new ReferenceNorm(s, p);
        var u = Values.read(xBuf);
        var du = Values.read(dyBuf);
        var dGamma = new double[norm.channels];
        var dBeta = new double[norm.channels];
        var dScale = new double[s.n() * norm.channels];
        var dShift = new double[s.n() * norm.channels];
        for (int i = 0; i < u.length; i++) {
            u[i] = norm.normalised(u[i], i);
            double z = norm.affine(u[i], i);
            double dModulated = du[i] * norm.activationSlope(norm.modulated(z, i));
            dScale[norm.sampleChannelOf(i)] += dModulated * z;
            dShift[norm.sampleChannelOf(i)] += dModulated;
            double dz = dModulated * (1 + norm.scale[norm.sampleChannelOf(i)]);
            dGamma[norm.channelOf(i)] += dz * u[i];
            dBeta[norm.channelOf(i)] += dz;
            du[i] = dz * norm.gamma[norm.channelOf(i)];
        }
        if (dxBuf != null) {
            Values.write(1, p.mean() == null ? du : norm.throughStatistics(u, du), dxBeta, dxBuf);
        }
        Values.writeIfWanted(dGamma, dGammaBuf);
        Values.writeIfWanted(dBeta, dBetaBuf);
        Values.writeIfWanted(dScale, dScaleBuf);
        Values.writeIfWanted(dShift, dShiftBuf);
    }

    /** dx = rstd (du - mean(du) - u mean(u du)), means over the group: mean and rstd depend on x too. */
    private double[] throughStatistics(double[] u, double[] du) {
        double count = (double) area * s.channelsPerGroup();
        var mean1 = groupSums(i -> du[i] / count);
        var mean2 = groupSums(i -> u[i] * du[i] / count);
        var dx = new double[u.length];
        for (int i = 0; i < dx.length; i++) {
            int g = groupOf(i);
            dx[i] = rstd[g] * (du[i] - mean1[g] - u[i] * mean2[g]);
        }
        return dx;
    }

    private double normalised(double x, int i) {
        int g = groupOf(i);
        return (x - mean[g]) * rstd[g];
    }

    private double affine(double u, int i) {
        return gamma[channelOf(i)] * u + beta[channelOf(i)];
    }

    private double modulated(double z, int i) {
        int at = sampleChannelOf(i);
        return z * (1 + scale[at]) + shift[at];
    }

    private double activate(double m) {
        return switch (act) {
            case NONE -> m;
            case SILU -> ReferencePointwise.apply(MapOp.of(MapOp.Fn.SILU), m, 0, 0);
            case RELU -> ReferencePointwise.apply(MapOp.of(MapOp.Fn.RELU), m, 0, 0);
        };
    }

    private double activationSlope(double m) {
        return switch (act) {
            case NONE -> 1;
            case SILU -> ReferencePointwise.apply(MapOp.of(MapOp.Fn.SILU_GRAD), m, 1, 0);
            case RELU -> ReferencePointwise.apply(MapOp.of(MapOp.Fn.RELU_GRAD), m, 1, 0);
        };
    }

    private interface Term {
        double at(int i);
    }

    /** Sums over every group of every sample, [n, groups]. */
    private double[] groupSums(Term term) {
        var sums = new double[s.n() * s.groups()];
        int size = s.n() * area * channels;
        for (int i = 0; i < size; i++) {
            sums[groupOf(i)] += term.at(i);
        }
        return sums;
    }

    private int channelOf(int i) {
        return i % channels;
    }

    private int sampleChannelOf(int i) {
        return i / (area * channels) * channels + i % channels;
    }

    private int groupOf(int i) {
        return i / (area * channels) * s.groups() + i % channels / s.channelsPerGroup();
    }
}
