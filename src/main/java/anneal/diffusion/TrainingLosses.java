package anneal.diffusion;

import anneal.tensor.Tensor;

/** What training minimises, by {@link LossType}. */
public final class TrainingLosses {
    /** Steps of the process for which RESCALED_MSE leaves the bound's weight at 1. */
    private static final double REFERENCE_STEPS = 1000;

    private final GaussianDiffusion diffusion;
    private final VariationalBound bound;

    /** Lives in the current scope, like {@code diffusion}. */
    public TrainingLosses(GaussianDiffusion diffusion) {
        this.diffusion = diffusion;
        bound = new VariationalBound(diffusion);
    }

    /** Noises the images, asks the network, and compares. */
    public Terms of(Denoiser denoiser, Tensor xStart, Tensor t, Tensor noise) {
        var xT = diffusion.qSample(xStart, t, noise);
        return of(denoiser.predict(xT, diffusion.modelTimesteps(t)), xStart, xT, t, noise);
    }

    /**
     * Compares a network's output at {@code xT} with what it should have been.
     *
     * @param modelOutput [N, H, W, C], or 2C channels with a learned variance
     * @param xT          {@link GaussianDiffusion#qSample} of the other three
     */
    public Terms of(Tensor modelOutput, Tensor xStart, Tensor xT, Tensor t, Tensor noise) {
        var config = diffusion.config();
        var output = diffusion.split(modelOutput, xT);
        return switch (config.lossType()) {
            case KL -> Terms.only(bound(output, xStart, xT, t));
            case RESCALED_KL -> Terms.only(bound(output, xStart, xT, t).mul(diffusion.steps()));
            case MSE -> simple(output, xStart, xT, t, noise, 1);
            case RESCALED_MSE -> simple(output, xStart, xT, t, noise, diffusion.steps() / REFERENCE_STEPS);
        };
    }

    private Terms simple(GaussianDiffusion.ModelOutput output, Tensor xStart, Tensor xT, Tensor t, Tensor noise,
                         double boundWeight) {
        var mse = target(xStart, xT, t, noise).sub(output.mean()).square().meanPerSample();
        if (!diffusion.config().varianceType().isLearned()) {
            return new Terms(mse, mse, null);
        }
        // The bound teaches the variance; through the mean it would only add noise to L_simple's gradient.
        var vb = bound(output.withMeanDetached(), xStart, xT, t).mul(boundWeight);
        return new Terms(mse.add(vb), mse, vb);
    }

    private Tensor bound(GaussianDiffusion.ModelOutput output, Tensor xStart, Tensor xT, Tensor t) {
        return bound.term(diffusion.pMeanVariance(output, xT, t, XstartFilter.none()), xStart, xT, t);
    }

    private Tensor target(Tensor xStart, Tensor xT, Tensor t, Tensor noise) {
        return switch (diffusion.config().meanType()) {
            case EPSILON -> noise;
            case X_START -> xStart;
            case PREVIOUS_X -> diffusion.qPosteriorMeanVariance(xStart, xT, t).mean();
            case V -> diffusion.velocity(xStart, t, noise);
        };
    }

    /**
     * Losses of each sample, [N], means over its elements.
     *
     * @param loss what to minimise
     * @param mse  its squared error; null when the loss is the bound
     * @param vb   its bound term as weighted in the loss; null when there is none beside the squared error
     */
    public record Terms(Tensor loss, Tensor mse, Tensor vb) {
        private static Terms only(Tensor loss) {
            return new Terms(loss, null, null);
        }
    }
}
