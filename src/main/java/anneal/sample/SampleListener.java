package anneal.sample;

import anneal.diffusion.SamplingStep;
import java.io.IOException;

/** Hears from a sampling run, and takes the images of each batch. */
public interface SampleListener extends StepListener {
    @Override
    default void step(int first, SamplingStep step) {
    }

    /**
     * When a batch is finished.
     *
     * @param first  number of its first sample
     * @param images unsigned bytes [n, height, width, channels]
     * @param labels [n], or -1 where no class was asked for
     */
    void images(int first, byte[] images, int[] labels) throws IOException;
}
