package anneal.sample;

import anneal.diffusion.DiffusionConfig;
import anneal.io.DataException;
import anneal.model.LoadedModel;
import anneal.model.ModelFile;
import anneal.model.NoisyClassifier;
import anneal.tensor.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A classifier of noised images with the process whose noise it knows.
 *
 * @param classNames in the order of the labels
 * @param memory     given back by {@link #close}
 */
public record GuidanceClassifier(NoisyClassifier network, DiffusionConfig diffusion, List<String> classNames,
                                 LoadedModel memory) implements AutoCloseable {
    /**
     * Reads a weight file that training wrote.
     *
     * @throws DataException in one line, if it is not one, or not of a classifier
     */
    public static GuidanceClassifier open(Path file, Device device) throws IOException {
        var loaded = ModelFile.load(file, device);
        try {
            if (!(loaded.module() instanceof NoisyClassifier network)) {
                throw DataException.in(file, "holds a %s; a classifier is needed here", loaded.config().type());
            }
            return new GuidanceClassifier(network, ModelMetadata.diffusion(file, loaded.metadata()),
                    ModelMetadata.classNames(loaded.metadata()), loaded);
        } catch (IOException | RuntimeException e) {
            loaded.close();
            throw e;
        }
    }

    /** How many classes it tells apart. */
    public int classes() {
        return network.config().numClasses();
    }

    /**
     * Whether it can guide {@code model}.
     *
     * @throws IllegalArgumentException in one line, if it was trained for another process or other classes
     */
    public void checkFits(DiffusionModel model) {
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
