package anneal.diffusion;

import anneal.tensor.Concat;
import anneal.tensor.Tensor;

/**
 * Data whose every element is N(mean, deviation^2): the one distribution for which the best possible network and the
 * reverse process itself are known in closed form.
 */
record GaussianData(double mean, double deviation) {
    /** E[x_0 | x_t], as a network that predicts x_0. */
    Denoiser predictsXstart(GaussianDiffusion diffusion) {
        return (x, timesteps) -> {
            int t = indexOf(diffusion, timesteps);
            return x.affine(gain(diffusion, t), offset(diffusion, t));
        };
    }

    /** The same with the exact log variance of p(x_{t-1} | x_t) in a second half of the channels. */
    Denoiser predictsXstartAndVariance(GaussianDiffusion diffusion) {
        return (x, timesteps) -> {
            int t = indexOf(diffusion, timesteps);
            var tables = diffusion.process().tables();
            double ab = tables.alphasCumprod()[t];
            double ofXstart = deviation * deviation * (1 - ab) / variance(ab);
            double coef1 = tables.posteriorMeanCoef1()[t];
            double logVariance = Math.log(tables.posteriorVariance()[t] + coef1 * coef1 * ofXstart);
            return Concat.concat(-1, x.affine(gain(diffusion, t), offset(diffusion, t)), x.affine(0, logVariance));
        };
    }

    /** Factor of x_t in E[x_0 | x_t]. */
    double gain(GaussianDiffusion diffusion, int t) {
        double ab = diffusion.process().tables().alphasCumprod()[t];
        return Math.sqrt(ab) * deviation * deviation / variance(ab);
    }

    /** The constant in E[x_0 | x_t]. */
    double offset(GaussianDiffusion diffusion, int t) {
        double ab = diffusion.process().tables().alphasCumprod()[t];
        return mean * (1 - ab) / variance(ab);
    }

    private double variance(double ab) {
        return ab * deviation * deviation + 1 - ab;
    }

    private static int indexOf(GaussianDiffusion diffusion, Tensor timesteps) {
        double wanted = timesteps.toDoubles()[0];
        var known = diffusion.process().modelTimesteps(diffusion.config().rescaleTimesteps());
        for (int t = 0; t < known.length; t++) {
            if (Math.abs(known[t] - wanted) < 1e-3) {
                return t;
            }
        }
        throw new AssertionError("no timestep " + wanted);
    }
}
