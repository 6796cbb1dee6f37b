package anneal.diffusion;

import anneal.tensor.Tensor;

/**
 * The learned reverse process p(x_{t-1} | x_t): what a sampler asks at each step. Guidance wraps one of these.
 */
@FunctionalInterface
public interface ReverseModel {
    /**
     * @param x noisy images [N, H, W, C]
     * @param t timesteps of the (respaced) process, I32 [N]
     */
    Prediction predict(Tensor x, Tensor t);
}
