package anneal.diffusion;

import anneal.tensor.Tensor;

/**
 * A network as the process sees it. What else it is conditioned on (classes, text, a small image) it brings along.
 */
@FunctionalInterface
public interface Denoiser {
    /**
     * Predicts what {@link MeanType} says, and the variance if it is learned.
     *
     * @param x         noisy images [N, H, W, C]
     * @param timesteps as the network knows them, float [N]: {@link SpacedProcess#modelTimesteps}
     * @return [N, H, W, C], or 2C channels with a learned variance: mean part first
     */
    Tensor predict(Tensor x, Tensor timesteps);
}
