package anneal.diffusion.cold;

import anneal.tensor.Tensor;

/** R(x_s, s): a network that estimates the clean image in one go (Bansal et al. 2022, section 3.1). */
@FunctionalInterface
public interface Restorer {
    /**
     * @param x    images degraded to level s, [N, H, W, C]
     * @param time s - 1 of each image, float [N]: networks count from 0, as the authors' do
     * @return the estimate of the clean images, shaped like x
     */
    Tensor restore(Tensor x, Tensor time);
}
