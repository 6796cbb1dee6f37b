package anneal.diffusion;

import anneal.tensor.Tensor;

/**
 * Guidance by a classifier of noisy images (Dhariwal and Nichol 2021, "Diffusion Models Beat GANs on Image Synthesis",
 * section 4). The gradient is taken at the current x_t.
 *
 * @param scale how much more the classifier counts than Bayes' rule says (1)
 */
public record ClassifierGuidance(GaussianDiffusion diffusion, LogProbGradient gradient, double scale) {
    /** Algorithm 1, for ancestral sampling: the mean moves by variance * scale * gradient. */
    public ReverseModel shiftMean(ReverseModel model) {
        return (x, t) -> {
            var p = model.predict(x, t);
            return p.withMean(p.mean().add(scaledGradient(x, t).mul(p.variance())));
        };
    }

    /**
     * Algorithm 2, for DDIM: epsilon becomes epsilon - sqrt(1 - ab) * scale * gradient. x_0 and the mean follow from it
     * and are not filtered again.
     */
    public ReverseModel shiftEpsilon(ReverseModel model) {
        return (x, t) -> {
            var p = model.predict(x, t);
            var epsilon = diffusion.predictEpsilonFromXstart(x, t, p.predXstart());
            var xStart = diffusion.predictXstartFromEpsilon(
                    x, t, diffusion.shiftEpsilon(epsilon, t, scaledGradient(x, t)));
            var mean = diffusion.qPosteriorMeanVariance(xStart, x, t).mean();
            return new Prediction(mean, p.variance(), p.logVariance(), xStart);
        };
    }

    private Tensor scaledGradient(Tensor x, Tensor t) {
        return gradient.of(x, diffusion.modelTimesteps(t)).mul(scale);
    }
}
