package anneal.study;

import anneal.data.ImageDataset;
import anneal.diffusion.SamplingStep;
import anneal.metric.FrechetDistance;
import anneal.sample.ColdGenerator;
import anneal.sample.ImageClassifier;
import anneal.sample.SampleListener;
import anneal.tensor.Device;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * How near to real images those are that a restorer generates (Bansal et al. 2022, section 5, Table 5).
 *
 * @param judge a classifier of clean images, in whose features the Fréchet distance is taken
 * @param real  images to compare with, the first {@code count}
 * @param count images to generate
 */
public record GenerationStudy(Device device, ImageClassifier judge, ImageDataset real, int count, int batch, long seed) {
    /** @throws IllegalArgumentException in one line, if these do not belong together */
    public GenerationStudy {
        Judge.require(judge, real);
        if (count < 2 || count > real.size()) {
            throw new IllegalArgumentException("%d images beside %s: from 2 to %d can be had".formatted(count,
                    real.description(), real.size()));
        }
    }

    /**
     * Generates, and compares.
     *
     * @param progress  told how many steps of the network are done, over all batches
     * @param cancelled asked before every step
     * @return the Fréchet distance between the Gaussians of the judge's features
     * @throws java.util.concurrent.CancellationException if {@code cancelled} says so
     */
    public double run(ColdGenerator generator, IntConsumer progress, BooleanSupplier cancelled) throws IOException {
        int bytes = real.imageBytes();
        byte[] all = new byte[count * bytes];
        var done = new int[1];
        generator.run(count, batch, seed, new SampleListener() {
            @Override
            public void step(int first, SamplingStep step) {
                progress.accept(++done[0]);
            }

            @Override
            public void images(int first, byte[] images, int[] labels) {
                System.arraycopy(images, 0, all, first * bytes, images.length);
            }
        }, cancelled);
        var eye = new Judge(device, judge, n -> { }, cancelled);
        return FrechetDistance.between(eye.look(Judge.Images.of(all, bytes), count).statistics(),
                eye.look((i, dst, at) -> real.copyImage(i, dst, at), count).statistics());
    }
}
