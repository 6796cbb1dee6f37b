package anneal.diffusion;

import anneal.tensor.Tensor;

/**
 * A Gaussian with independent elements. The variances may be [N, 1, .., 1] where they are the same all over a sample.
 */
public record Moments(Tensor mean, Tensor variance, Tensor logVariance) {
    /** The same with every part in the mean's full shape. */
    public Moments broadcast() {
        return new Moments(mean, expand(variance, mean), expand(logVariance, mean));
    }

    static Tensor expand(Tensor part, Tensor like) {
        return part.shape().equals(like.shape()) ? part : like.device().zeros(like.shape()).add(part);
    }
}
