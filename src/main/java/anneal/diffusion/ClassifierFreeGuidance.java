package anneal.diffusion;

import anneal.tensor.Concat;
import anneal.tensor.Tensor;

/**
 * Guidance by the difference that its condition makes to a network (Ho and Salimans 2022, "Classifier-Free Diffusion
 * Guidance"). The network is asked twice, conditional first, so that a sample's bits do not depend on a doubled batch.
 *
 * @param conditional    the network with its condition
 * @param unconditional  the same network with the null condition
 * @param formula        how the two are put together
 * @param strength       the formula's scale or w
 * @param guidedChannels how many leading channels are guided; the others (a learned variance) are the conditional
 *                       network's. {@link #IMAGE_CHANNELS}: as many as the image has
 */
public record ClassifierFreeGuidance(Denoiser conditional, Denoiser unconditional, Formula formula, double strength,
                                     int guidedChannels) implements Denoiser {
    /** As many guided channels as the image has. */
    public static final int IMAGE_CHANNELS = 0;

    /** Two ways of writing the same line; they count its points differently. */
    public enum Formula {
        /** uncond + scale (cond - uncond): 1 is the conditional network (GLIDE, Imagen, Stable Diffusion). */
        SCALE,
        /** (1 + w) cond - w uncond: 0 is the conditional network (the paper's equation 6). */
        WEIGHT;

        /** Combines two predictions of the same shape. */
        public Tensor combine(Tensor cond, Tensor uncond, double strength) {
            return switch (this) {
                case SCALE -> uncond.add(cond.sub(uncond).mul(strength));
                case WEIGHT -> cond.mul(1 + strength).sub(uncond.mul(strength));
            };
        }
    }

    /** @throws IllegalArgumentException if the strength is not finite or the number of channels is negative */
    public ClassifierFreeGuidance {
        if (!Double.isFinite(strength) || guidedChannels < 0) {
            throw new IllegalArgumentException("classifier-free guidance of strength " + strength + " over "
                    + guidedChannels + " channels");
        }
    }

    /** uncond + scale (cond - uncond) over the image's channels. */
    public static ClassifierFreeGuidance scaled(Denoiser conditional, Denoiser unconditional, double scale) {
        return new ClassifierFreeGuidance(conditional, unconditional, Formula.SCALE, scale, IMAGE_CHANNELS);
    }

    @Override
    public Tensor predict(Tensor x, Tensor timesteps) {
        var cond = conditional.predict(x, timesteps);
        var uncond = unconditional.predict(x, timesteps);
        int all = cond.dim(-1);
        int guided = guidedChannels == IMAGE_CHANNELS ? x.dim(-1) : guidedChannels;
        if (guided > all) {
            throw new IllegalArgumentException(guided + " channels are to be guided, the network gives " + all);
        }
        if (guided == all) {
            return formula.combine(cond, uncond, strength);
        }
        var combined = formula.combine(cond.columns(0, guided), uncond.columns(0, guided), strength);
        return Concat.concat(-1, combined, cond.columns(guided, all));
    }
}
