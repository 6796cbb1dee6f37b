package anneal.diffusion.cold;

import anneal.tensor.Tensor;

/**
 * What a restorer is trained with (Bansal et al. 2022, equation 1): the distance of its estimate from the clean image,
 * L1 as the authors have it, or the squared distance.
 */
public enum RestorationLoss {
    L1, L2;

    /**
     * @param loss       mean over each image's elements, [N]
     * @param degraded   x_s, as the restorer saw it
     * @param prediction its estimate
     */
    public record Terms(Tensor loss, Tensor degraded, Tensor prediction) {
    }

    /**
     * The loss of a batch; it can be differentiated with respect to what the restorer is made of, and to nothing else.
     *
     * @param x     clean images [N, H, W, C]
     * @param level of each image, I32 [N], 1 or more
     */
    public Terms of(Restorer restorer, Degradation degradation, Tensor x, Tensor level) {
        var degraded = degradation.degrade(x.detach(), level).detach();
        var prediction = restorer.restore(degraded, Levels.time(level));
        var error = x.detach().sub(prediction);
        return new Terms((this == L1 ? error.abs() : error.square()).meanPerSample(), degraded, prediction);
    }
}
