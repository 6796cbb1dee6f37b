package anneal.diffusion.cold;

import anneal.tensor.Tensor;

/** A way back from a degraded image, a level a step; {@link ColdLoop} does the walking. */
@FunctionalInterface
public interface ColdSampler {
    /**
     * x_{s-1}.
     *
     * @param x        x_s, [N, H, W, C]
     * @param restored the estimate R(x_s, s) of the clean images
     * @param level    s, I32 [N], 1 or more
     */
    Tensor step(Degradation degradation, Tensor x, Tensor restored, Tensor level);

    /** Algorithm 1: degrade the estimate again, but by one level less. */
    static ColdSampler naive() {
        return (d, x, restored, level) -> d.degrade(restored, Levels.below(level, 1));
    }

    /**
     * Algorithm 2: x_s - D(R, s) + D(R, s - 1). Errors of the estimate cancel where the degradation is smooth in s, and
     * entirely where it is linear (section 3.3).
     */
    static ColdSampler improved() {
        return (d, x, restored, level) ->
                x.sub(d.degrade(restored, level)).add(d.degrade(restored, Levels.below(level, 1)));
    }

    /**
     * Algorithm 2 for a blend whose end is not known: at each step it is taken to be what makes the estimate x_s, so
     * that D(R, s) = x_s. This is how hot diffusion is sampled without noise; it does not look at the degradation it
     * is given.
     */
    static ColdSampler estimatedEnd(Blend blend) {
        return (d, x, restored, level) ->
                blend.towards(blend.estimate(x, restored, level)).degrade(restored, Levels.below(level, 1));
    }
}
