package anneal.study;

import anneal.data.ImageDataset;
import anneal.data.Pixels;
import anneal.diffusion.GaussianDiffusion;
import anneal.diffusion.PhiloxNoise;
import anneal.metric.FeatureStatistics;
import anneal.sample.ImageClassifier;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Asks a classifier about any number of images, batch after batch.
 *
 * @param progress  told how many images are done
 * @param cancelled asked before every batch
 */
record Judge(Device device, ImageClassifier classifier, IntConsumer progress, BooleanSupplier cancelled) {
    private static final int BATCH = 50;
    private static final int NOISE = 1;

    /** @throws IllegalArgumentException in one line, if the classifier cannot judge these images */
    static void require(ImageClassifier judge, ImageDataset images) {
        if (!judge.isForCleanImages()) {
            throw new IllegalArgumentException("the judge was trained on noised images; it must be one of clean images");
        }
        if (judge.imageSize() != images.height() || judge.imageSize() != images.width()
                || judge.channels() != images.channels()) {
            throw new IllegalArgumentException("the judge knows images of %dx%dx%d, not those of %s".formatted(
                    judge.imageSize(), judge.imageSize(), judge.channels(), images.description()));
        }
    }

    /** Where images come from: unsigned bytes [height, width, channels] of image {@code i}. */
    @FunctionalInterface
    interface Images {
        void copy(int i, byte[] dst, int offset) throws IOException;

        static Images of(byte[] all, int imageBytes) {
            return (i, dst, offset) -> System.arraycopy(all, i * imageBytes, dst, offset, imageBytes);
        }
    }

    /**
     * What the classifier says.
     *
     * @param predicted class of each image
     * @param features  what its last layer sees, [images, width]
     */
    record Verdict(int[] predicted, float[] features) {
        /** Share of the images that are taken for what they should be. */
        double share(int[] wanted) {
            long right = IntStream.range(0, predicted.length).filter(i -> predicted[i] == wanted[i]).count();
            return (double) right / predicted.length;
        }

        FeatureStatistics statistics() {
            return FeatureStatistics.of(features, predicted.length, features.length / predicted.length);
        }
    }

    /** The classifier's opinion of images as they are. */
    Verdict look(Images images, int count) throws IOException {
        return look(images, count, 0, 0);
    }

    /**
     * @param t    a classifier of noised images is shown them with the noise of this timestep; otherwise 0
     * @param seed of that noise
     * @throws CancellationException if {@code cancelled} says so
     */
    Verdict look(Images images, int count, int t, long seed) throws IOException {
        int[] predicted = new int[count];
        float[] features = null;
        try (var run = device.scope()) {
            var diffusion = classifier.isForCleanImages() ? null
                    : new GaussianDiffusion(classifier.diffusion(), device);
            for (int first = 0; first < count; first += BATCH) {
                if (cancelled.getAsBoolean()) {
                    throw new CancellationException();
                }
                int n = Math.min(BATCH, count - first);
                try (var batch = device.scope()) {
                    var seen = features(images, first, n, diffusion, t, seed);
                    float[] part = seen.toFloats();
                    features = features == null ? new float[Math.multiplyExact(count, part.length / n)] : features;
                    System.arraycopy(part, 0, features, first * (part.length / n), part.length);
                    largest(classifier.network().classify(seen).toFloats(), predicted, first, n);
                }
                progress.accept(first + n);
            }
        }
        return new Verdict(predicted, features);
    }

    private Tensor features(Images images, int first, int n, GaussianDiffusion diffusion, int t, long seed)
            throws IOException {
        int size = classifier.imageSize();
        int channels = classifier.channels();
        int pixels = size * size * channels;
        byte[] bytes = new byte[pixels];
        float[] values = new float[n * pixels];
        for (int i = 0; i < n; i++) {
            images.copy(first + i, bytes, 0);
            Pixels.imageToTensor(bytes, 0, size, size, channels, false, values, i * pixels);
        }
        Tensor x = device.of(values, n, size, size, channels);
        int[] steps = new int[n];
        Arrays.fill(steps, t);
        Tensor time = device.ofInts(steps, n);
        if (diffusion == null) {
            return classifier.network().features(x, time);
        }
        var noise = new PhiloxNoise(device, seed, NOISE, IntStream.range(first, first + n).toArray());
        noise.seek(t);
        var noised = diffusion.qSample(x, time, noise.draw(x.shape()));
        return classifier.network().features(noised, diffusion.modelTimesteps(time));
    }

    private static void largest(float[] logits, int[] predicted, int first, int n) {
        int classes = logits.length / n;
        for (int i = 0; i < n; i++) {
            int best = 0;
            for (int c = 1; c < classes; c++) {
                best = logits[i * classes + c] > logits[i * classes + best] ? c : best;
            }
            predicted[first + i] = best;
        }
    }
}
