package anneal.sample;

import anneal.diffusion.SamplingStep;
import java.io.IOException;

/** Hears from a sampling run. */
public interface SampleListener {
    /** After every step of a batch; the tensors of {@code step} are gone afterwards. {@code first} is the batch's first sample. */
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
