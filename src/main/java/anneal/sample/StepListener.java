package anneal.sample;

import anneal.diffusion.SamplingStep;

/** Hears of each step of a sampling run: for progress, previews and recordings. */
@FunctionalInterface
public interface StepListener {
    /**
     * After every step of a batch.
     *
     * @param first number of the batch's first sample
     * @param step  its tensors are gone when this returns
     */
    void step(int first, SamplingStep step);
}
