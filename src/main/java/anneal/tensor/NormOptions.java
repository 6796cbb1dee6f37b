package anneal.tensor;

import anneal.kernel.Activation;
import anneal.kernel.Buf;
import anneal.kernel.NormSpec;
import anneal.kernel.Prologue;
import anneal.kernel.Resample;
import anneal.kernel.Shape;

/**
 * What {@link GroupNorm} and {@link Conv2d} do to an image [N, H, W, C] on its way in: normalise, modulate, activate and
 * resample. As inputs of an operation: x, gamma, beta, scaleShift.
 *
 * @param groups number of groups of adjacent channels; must divide the channels
 * @param eps    added to the variance
 */
public record NormOptions(int groups, double eps, Activation act, Resample resample) {
    /** Mean and 1/standard deviation of x's groups. */
    record Statistics(Tensor mean, Tensor rstd) {
    }

    private NormSpec spec(Shape x) {
        return new NormSpec(x.dim(0), x.dim(1), x.dim(2), x.dim(3), groups, eps);
    }

    /** Room for them; {@link Prologue#measuring} fills it. */
    Statistics statistics(Tensor x) {
        Shape s = Shape.of(x.dim(0), groups);
        return new Statistics(x.device().empty(s), x.device().empty(s));
    }

    Prologue prologue(Statistics s, Tensor gamma, Tensor beta, Tensor scaleShift) {
        Buf scale = null;
        Buf shift = null;
        if (scaleShift != null) {
            int channels = scaleShift.dim(1) / 2;
            scale = scaleShift.buf().columns(0, channels);
            shift = scaleShift.buf().columns(channels, 2 * channels);
        }
        return new Prologue(s.mean.buf(), s.rstd.buf(), bufOf(gamma), bufOf(beta), scale, shift, act, resample);
    }

    /** Gradients of x, gamma, beta, scaleShift (null where {@code wanted} is false) from that of the result. */
    Tensor[] backward(Prologue p, Tensor x, Tensor g, boolean[] wanted, Shape gamma, Shape beta, Shape scaleShift) {
        Device d = x.device();
        Tensor dense = Resampling.backward(d, resample, g, x.shape());
        Tensor dx = wanted[0] ? d.empty(x.dtype(), x.shape()) : null;
        Tensor dGamma = wanted[1] ? d.empty(gamma) : null;
        Tensor dBeta = wanted[2] ? d.empty(beta) : null;
        Tensor dScaleShift = wanted[3] ? d.empty(scaleShift) : null;
        int channels = x.dim(3);
        Buf dScale = dScaleShift == null ? null : dScaleShift.buf().columns(0, channels);
        Buf dShift = dScaleShift == null ? null : dScaleShift.buf().columns(channels, 2 * channels);
        d.kernels().normBackward(spec(x.shape()), p.withoutResample(), x.buf(), dense.buf(), bufOf(dx), 0,
                bufOf(dGamma), bufOf(dBeta), dScale, dShift);
        return new Tensor[] {dx, dGamma, dBeta, dScaleShift};
    }

    static Buf bufOf(Tensor t) {
        return t == null ? null : t.buf();
    }
}
