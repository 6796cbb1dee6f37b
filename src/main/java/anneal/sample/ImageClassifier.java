package anneal.sample;

import anneal.diffusion.DiffusionConfig;
import anneal.io.DataException;
import anneal.model.LoadedModel;
import anneal.model.NoisyClassifier;
import anneal.tensor.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A classifier of noised images, with the process whose noise it knows, or of clean ones.
 *
 * @param diffusion  its process; null for a classifier of clean images, which can judge but not guide
 * @param classNames in the order of the labels
 * @param memory     given back by {@link #close}
 */
public record ImageClassifier(NoisyClassifier network, DiffusionConfig diffusion, List<String> classNames,
                                 LoadedModel memory) implements AutoCloseable {
    /**
     * Reads a weight file that training wrote.
     *
     * @throws DataException in one line, if it is not one, or not of a classifier
     */
    public static ImageClassifier open(Path file, Device device) throws IOException {
        return open(ModelSource.inFile(file), device);
    }

    /**
     * As {@link #open(Path, Device)}, from whatever people call it.
     *
     * @param place a run directory, a file of weights, or the name of a classifier that comes with Anneal
     */
    public static ImageClassifier open(String place, Device device) throws IOException {
        return open(ModelCatalog.shipped().find(place), device);
    }

    /** As {@link #open(Path, Device)}, from wherever the {@link ModelCatalog} found it. */
    public static ImageClassifier open(ModelSource source, Device device) throws IOException {
        try (var file = source.open()) {
            var loaded = file.load(device);
            try {
                if (!(loaded.module() instanceof NoisyClassifier network)) {
                    throw DataException.in(file.path(), "holds a %s; a classifier is needed here",
                            loaded.config().type());
                }
                var diffusion = ModelMetadata.hasDiffusion(loaded.metadata())
                        ? ModelMetadata.diffusion(file.path(), loaded.metadata()) : null;
                return new ImageClassifier(network, diffusion, ModelMetadata.classNames(loaded.metadata()), loaded);
            } catch (IOException | RuntimeException e) {
                loaded.close();
                throw e;
            }
        }
    }

    /** Whether it looks at images as they are; then it takes t = 0. */
    public boolean isForCleanImages() {
        return diffusion == null;
    }

    /** Height and width of the images. */
    public int imageSize() {
        return network.config().trunk().imageSize();
    }

    /** Channels of the images. */
    public int channels() {
        return network.config().trunk().inChannels();
    }

    /** How many classes it tells apart. */
    public int classes() {
        return network.config().numClasses();
    }

    /**
     * Whether it can guide {@code model}.
     *
     * @throws IllegalArgumentException in one line, if it was trained for another process, other classes or clean
     *                                  images
     */
    public void checkFits(DiffusionModel model) {
        if (isForCleanImages()) {
            throw new IllegalArgumentException(
                    "the classifier was trained on clean images: it can judge samples, but not guide them");
        }
        var theirs = model.diffusion();
        boolean same = diffusion.schedule().equals(theirs.schedule()) && diffusion.steps() == theirs.steps()
                && diffusion.rescaleTimesteps() == theirs.rescaleTimesteps();
        if (!same) {
            throw new IllegalArgumentException("the classifier was trained on the noise of %s over %d steps, the model on %s"
                    .formatted(diffusion.schedule(), diffusion.steps(), theirs.schedule())
                    + " over " + theirs.steps() + " steps");
        }
        int wanted = model.unet().config().numClasses();
        if (wanted > 0 && wanted != classes()) {
            throw new IllegalArgumentException(
                    "the classifier knows " + classes() + " classes, the model " + wanted);
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
