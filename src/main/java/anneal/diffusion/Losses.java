package anneal.diffusion;

import anneal.tensor.Select;
import anneal.tensor.Tensor;

/** Divergences and likelihoods of Gaussians, element by element and in nats. */
public final class Losses {
    private static final double SMALLEST_PROBABILITY = 1e-12;
    /** Half the distance between neighbours of 256 levels in -1 .. 1. */
    private static final double HALF_LEVEL = 1.0 / 255;
    private static final double OUTERMOST = 0.999;

    private Losses() {
    }

    /** KL(N(mean1, exp(logVariance1)) || N(mean2, exp(logVariance2))); the arguments broadcast. */
    public static Tensor normalKl(Tensor mean1, Tensor logVariance1, Tensor mean2, Tensor logVariance2) {
        var logRatio = logVariance2.sub(logVariance1);
        var distance = mean1.sub(mean2).square().mul(logVariance2.neg().exp());
        // The large terms cancel before the distance joins, which may be all there is and many orders smaller.
        return logRatio.sub(1).add(logRatio.neg().exp()).add(distance).mul(0.5);
    }

    /** Phi(x) = (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))/2, good to about 3e-4. */
    public static Tensor approxStandardNormalCdf(Tensor x) {
        return x.normalCdf();
    }

    /**
     * Log probability of 8-bit images under a Gaussian: the mass between half a level below and half a level above,
     * the outermost levels taking everything beyond them (Ho et al. 2020, equation 13). Probabilities are raised to
     * 1e-12 before the logarithm, and have no gradient below that.
     *
     * @param x         images in -1 .. 1
     * @param means     same shape
     * @param logScales logarithm of the standard deviation, broadcasts
     */
    public static Tensor discretizedGaussianLogLikelihood(Tensor x, Tensor means, Tensor logScales) {
        var centered = x.sub(means);
        var inverse = logScales.neg().exp();
        var upTo = approxStandardNormalCdf(centered.add(HALF_LEVEL).mul(inverse));
        var below = approxStandardNormalCdf(centered.sub(HALF_LEVEL).mul(inverse));
        var black = log(upTo);
        var white = log(below.affine(-1, 1));
        var between = log(upTo.sub(below));
        return Select.where(x.less(-OUTERMOST), black, Select.where(x.neg().less(-OUTERMOST), white, between));
    }

    private static Tensor log(Tensor probability) {
        return probability.clampMin(SMALLEST_PROBABILITY).log();
    }
}
