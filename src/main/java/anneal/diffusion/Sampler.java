package anneal.diffusion;

import anneal.tensor.Tensor;
import java.util.function.Supplier;

/** A way to walk through a process. One algorithm a class; {@link SamplerLoop} does the walking. */
public interface Sampler {
    /** The step of this algorithm on a process; its coefficients lie in the current scope. */
    Step on(GaussianDiffusion diffusion);

    /** The form of classifier guidance that this algorithm asks for. */
    ReverseModel guide(ReverseModel model, ClassifierGuidance guidance);

    /** Whether it goes from images to noise instead of from noise to images. */
    default boolean ascends() {
        return false;
    }

    /** From x_t to its neighbour. */
    @FunctionalInterface
    interface Step {
        /**
         * @param t     I32 [N]
         * @param noise the draw of this step, shaped like x
         */
        Update take(ReverseModel model, Tensor x, Tensor t, Supplier<Tensor> noise);
    }

    /**
     * @param x          where the step leads
     * @param predXstart the model's estimate of x_0 on the way
     */
    record Update(Tensor x, Tensor predXstart) {
    }
}
