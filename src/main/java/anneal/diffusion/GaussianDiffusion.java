package anneal.diffusion;

import anneal.kernel.DType;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.util.Arrays;

/**
 * The Gaussian process of a {@link DiffusionConfig} on one device: q forwards, p backwards (Ho et al. 2020, sections 2
 * and 3). Images are [N, H, W, C] (any rank with samples first and channels last will do), t is I32 [N] with
 * timesteps of the respaced process. Everything can be differentiated with respect to every tensor but t.
 *
 * <p>The coefficients lie in the device scope in which the object was made, and must not be used after it.
 */
public final class GaussianDiffusion {
    private final DiffusionConfig config;
    private final Device device;
    private final SpacedProcess process;
    private final CoefficientTable sqrtAlphasCumprod;
    private final CoefficientTable sqrtOneMinusAlphasCumprod;
    private final CoefficientTable oneMinusAlphasCumprod;
    private final CoefficientTable logOneMinusAlphasCumprod;
    private final CoefficientTable sqrtRecipAlphasCumprod;
    private final CoefficientTable sqrtRecipm1AlphasCumprod;
    private final CoefficientTable posteriorVariance;
    private final CoefficientTable posteriorLogVarianceClipped;
    private final CoefficientTable posteriorMeanCoef1;
    private final CoefficientTable posteriorMeanCoef2;
    private final CoefficientTable recipPosteriorMeanCoef1;
    private final CoefficientTable posteriorMeanCoefRatio;
    private final CoefficientTable logBetas;
    private final CoefficientTable fixedLargeVariance;
    private final CoefficientTable fixedLargeLogVariance;
    private final CoefficientTable modelTimesteps;

    public GaussianDiffusion(DiffusionConfig config, Device device) {
        this.config = config;
        this.device = device;
        process = config.process();
        var tables = process.tables();
        sqrtAlphasCumprod = table(tables.sqrtAlphasCumprod());
        sqrtOneMinusAlphasCumprod = table(tables.sqrtOneMinusAlphasCumprod());
        oneMinusAlphasCumprod = table(Arrays.stream(tables.alphasCumprod()).map(a -> 1 - a).toArray());
        logOneMinusAlphasCumprod = table(tables.logOneMinusAlphasCumprod());
        sqrtRecipAlphasCumprod = table(tables.sqrtRecipAlphasCumprod());
        sqrtRecipm1AlphasCumprod = table(tables.sqrtRecipm1AlphasCumprod());
        posteriorVariance = table(tables.posteriorVariance());
        posteriorLogVarianceClipped = table(tables.posteriorLogVarianceClipped());
        var coef1 = tables.posteriorMeanCoef1();
        var coef2 = tables.posteriorMeanCoef2();
        posteriorMeanCoef1 = table(coef1);
        posteriorMeanCoef2 = table(coef2);
        recipPosteriorMeanCoef1 = table(Arrays.stream(coef1).map(c -> 1 / c).toArray());
        var ratio = new double[coef1.length];
        Arrays.setAll(ratio, t -> coef2[t] / coef1[t]);
        posteriorMeanCoefRatio = table(ratio);
        logBetas = table(tables.logBetas());
        fixedLargeVariance = table(tables.fixedLargeVariance());
        fixedLargeLogVariance = table(Arrays.stream(tables.fixedLargeVariance()).map(Math::log).toArray());
        modelTimesteps = table(process.modelTimesteps(config.rescaleTimesteps()));
    }

    public DiffusionConfig config() {
        return config;
    }

    public Device device() {
        return device;
    }

    public SpacedProcess process() {
        return process;
    }

    /** Number of timesteps after respacing. */
    public int steps() {
        return process.steps();
    }

    /** The timesteps as the network knows them: float [N]. */
    public Tensor modelTimesteps(Tensor t) {
        return modelTimesteps.perSample(t);
    }

    /** A coefficient of a sampler's own, in the current scope. */
    CoefficientTable table(double[] coefficients) {
        return CoefficientTable.of(device, coefficients);
    }

    // ---- q: adding noise ----

    /** x_t from x_0 in one go: sqrt(ab) x_0 + sqrt(1 - ab) noise (Ho et al., equation 4). */
    public Tensor qSample(Tensor xStart, Tensor t, Tensor noise) {
        requireSameShape("noise", noise, xStart);
        requireTimesteps(t, xStart);
        return combine(sqrtAlphasCumprod, xStart, sqrtOneMinusAlphasCumprod, noise, t);
    }

    /** q(x_t | x_0). */
    public Moments qMeanVariance(Tensor xStart, Tensor t) {
        requireTimesteps(t, xStart);
        return new Moments(xStart.mul(sqrtAlphasCumprod.at(t, xStart)), oneMinusAlphasCumprod.at(t, xStart),
                logOneMinusAlphasCumprod.at(t, xStart));
    }

    /** q(x_{t-1} | x_t, x_0) (Ho et al., equations 6 and 7); its log variance is the clipped one. */
    public Moments qPosteriorMeanVariance(Tensor xStart, Tensor xT, Tensor t) {
        requireSameShape("x_t", xT, xStart);
        requireTimesteps(t, xStart);
        return new Moments(combine(posteriorMeanCoef1, xStart, posteriorMeanCoef2, xT, t),
                posteriorVariance.at(t, xT), posteriorLogVarianceClipped.at(t, xT));
    }

    // ---- p: taking it away ----

    /** The reverse process of a network. */
    public ReverseModel reverse(Denoiser denoiser, XstartFilter filter) {
        return (x, t) -> pMeanVariance(denoiser.predict(x, modelTimesteps(t)), x, t, filter);
    }

    /**
     * p(x_{t-1} | x_t) and the estimate of x_0 from what the network gave.
     *
     * @param modelOutput [N, H, W, C], or 2C channels with a learned variance
     * @param filter      applied to the estimate of x_0, from which the mean follows (but for PREVIOUS_X, where the
     *                    network gives the mean itself)
     * @throws IllegalArgumentException if the output's shape is not that
     */
    public Prediction pMeanVariance(Tensor modelOutput, Tensor x, Tensor t, XstartFilter filter) {
        return pMeanVariance(split(modelOutput, x), x, t, filter);
    }

    Prediction pMeanVariance(ModelOutput output, Tensor x, Tensor t, XstartFilter filter) {
        requireTimesteps(t, x);
        var xStart = filter.apply(predictXstart(output.mean(), x, t));
        var mean = config.meanType() == MeanType.PREVIOUS_X
                ? output.mean()
                : combine(posteriorMeanCoef1, xStart, posteriorMeanCoef2, x, t);
        return switch (config.varianceType()) {
            case FIXED_SMALL -> new Prediction(
                    mean, posteriorVariance.at(t, x), posteriorLogVarianceClipped.at(t, x), xStart);
            case FIXED_LARGE -> new Prediction(
                    mean, fixedLargeVariance.at(t, x), fixedLargeLogVariance.at(t, x), xStart);
            case LEARNED -> new Prediction(mean, output.variance().exp(), output.variance(), xStart);
            case LEARNED_RANGE -> {
                var logVariance = interpolateLogVariance(output.variance(), x, t);
                yield new Prediction(mean, logVariance.exp(), logVariance, xStart);
            }
        };
    }

    /** Between the posterior's log variance at v = -1 and log(beta) at v = 1 (Improved DDPM, equation 15). */
    private Tensor interpolateLogVariance(Tensor v, Tensor x, Tensor t) {
        var fraction = v.affine(0.5, 0.5);
        var small = posteriorLogVarianceClipped.at(t, x);
        return fraction.mul(logBetas.at(t, x)).add(fraction.affine(-1, 1).mul(small));
    }

    /**
     * x_0 from what the network predicts of it, unfiltered.
     *
     * @param prediction the mean part of the network's output, [N, H, W, C]
     */
    public Tensor predictXstart(Tensor prediction, Tensor x, Tensor t) {
        return switch (config.meanType()) {
            case EPSILON -> predictXstartFromEpsilon(x, t, prediction);
            case X_START -> prediction;
            case PREVIOUS_X -> difference(recipPosteriorMeanCoef1, prediction, posteriorMeanCoefRatio, x, t);
            case V -> difference(sqrtAlphasCumprod, x, sqrtOneMinusAlphasCumprod, prediction, t);
        };
    }

    /** x_0 = x_t / sqrt(ab) - epsilon sqrt(1/ab - 1). */
    public Tensor predictXstartFromEpsilon(Tensor x, Tensor t, Tensor epsilon) {
        return difference(sqrtRecipAlphasCumprod, x, sqrtRecipm1AlphasCumprod, epsilon, t);
    }

    /** epsilon = (x_t / sqrt(ab) - x_0) / sqrt(1/ab - 1), the inverse of the above. */
    public Tensor predictEpsilonFromXstart(Tensor x, Tensor t, Tensor xStart) {
        return x.mul(sqrtRecipAlphasCumprod.at(t, x)).sub(xStart).div(sqrtRecipm1AlphasCumprod.at(t, x));
    }

    /** v = sqrt(ab) epsilon - sqrt(1 - ab) x_0 (Salimans and Ho 2022, appendix D). */
    public Tensor velocity(Tensor xStart, Tensor t, Tensor noise) {
        return difference(sqrtAlphasCumprod, noise, sqrtOneMinusAlphasCumprod, xStart, t);
    }

    /** epsilon as it is once the data's log density has this gradient: epsilon - sqrt(1 - ab) gradient. */
    Tensor shiftEpsilon(Tensor epsilon, Tensor t, Tensor gradient) {
        return epsilon.sub(gradient.mul(sqrtOneMinusAlphasCumprod.at(t, gradient)));
    }

    /** A network's output in its two parts; {@code variance} is null when it is not learned. */
    record ModelOutput(Tensor mean, Tensor variance) {
        ModelOutput withMeanDetached() {
            return new ModelOutput(mean.detach(), variance);
        }
    }

    ModelOutput split(Tensor modelOutput, Tensor x) {
        int channels = x.dim(-1);
        var expected = x.shape().with(-1, config.modelChannels(channels));
        if (!modelOutput.shape().equals(expected)) {
            throw new IllegalArgumentException("the network gave %s for images %s: with %s variance it must give %s"
                    .formatted(modelOutput.shape(), x.shape(), config.varianceType(), expected));
        }
        return config.varianceType().isLearned()
                ? new ModelOutput(modelOutput.columns(0, channels), modelOutput.columns(channels, 2 * channels))
                : new ModelOutput(modelOutput, null);
    }

    private static Tensor combine(CoefficientTable ca, Tensor a, CoefficientTable cb, Tensor b, Tensor t) {
        return a.mul(ca.at(t, a)).add(b.mul(cb.at(t, b)));
    }

    private static Tensor difference(CoefficientTable ca, Tensor a, CoefficientTable cb, Tensor b, Tensor t) {
        return a.mul(ca.at(t, a)).sub(b.mul(cb.at(t, b)));
    }

    private static void requireSameShape(String what, Tensor given, Tensor expected) {
        if (!given.shape().equals(expected.shape())) {
            throw new IllegalArgumentException(
                    what + " has shape " + given.shape() + ", the images have " + expected.shape());
        }
    }

    private static void requireTimesteps(Tensor t, Tensor x) {
        if (t.dtype() != DType.I32 || t.rank() != 1 || t.dim(0) != x.dim(0)) {
            throw new IllegalArgumentException("timesteps must be I32 [%d] for images %s, got %s %s"
                    .formatted(x.dim(0), x.shape(), t.dtype(), t.shape()));
        }
    }
}
