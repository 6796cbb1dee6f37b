package anneal.diffusion;

import anneal.tensor.Tensor;

/**
 * What a model says about x_{t-1}, and about x_0. The variances may be [N, 1, .., 1].
 *
 * @param mean        of p(x_{t-1} | x_t)
 * @param variance    of the same
 * @param logVariance its logarithm; where the variance is 0 at t = 0, the clipped one
 * @param predXstart  the estimate of x_0, after {@link XstartFilter}
 */
public record Prediction(Tensor mean, Tensor variance, Tensor logVariance, Tensor predXstart) {
    /** The same with every part in the mean's full shape. */
    public Prediction broadcast() {
        return new Prediction(mean, Moments.expand(variance, mean), Moments.expand(logVariance, mean), predXstart);
    }

    Prediction withMean(Tensor shifted) {
        return new Prediction(shifted, variance, logVariance, predXstart);
    }
}
