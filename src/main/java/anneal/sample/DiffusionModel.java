package anneal.sample;

import anneal.diffusion.Denoiser;
import anneal.diffusion.DiffusionConfig;
import anneal.io.DataException;
import anneal.model.LoadedModel;
import anneal.model.ModelFile;
import anneal.model.UNet;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A network that denoises images, with the process it was trained for.
 *
 * @param unet         in an arena of its own
 * @param diffusion    its process, all timesteps
 * @param classNames   of what it was trained on, in the order of the labels; empty if that had none
 * @param takesClasses whether it is told classes; false for {@link #unconditional}
 */
public record DiffusionModel(UNet unet, DiffusionConfig diffusion, List<String> classNames, boolean takesClasses) {
    /** A network that is told classes if it was trained with them. */
    public DiffusionModel(UNet unet, DiffusionConfig diffusion, List<String> classNames) {
        this(unet, diffusion, classNames, true);
    }

    /** An open model file and the model in it; closing it gives the memory back. */
    public record Opened(DiffusionModel model, LoadedModel memory) implements AutoCloseable {
        /** Samples from the model where it lies. */
        public ImageSampler sampler() {
            return new ImageSampler(memory.arena().device(), model);
        }

        /**
         * Samples from the model, guided by a classifier on the same device.
         *
         * @throws IllegalArgumentException in one line, if the classifier cannot guide it
         */
        public ImageSampler sampler(ImageClassifier classifier) {
            classifier.checkFits(model);
            return new ImageSampler(memory.arena().device(), model, classifier.network());
        }

        @Override
        public void close() {
            memory.close();
        }
    }

    /**
     * Reads a weight file that training wrote.
     *
     * @throws DataException in one line, if it is not one, or not of a diffusion model
     */
    public static Opened open(Path file, Device device) throws IOException {
        return open(ModelSource.inFile(file), device);
    }

    /**
     * As {@link #open(Path, Device)}, from whatever people call it.
     *
     * @param place a run directory, a file of weights, or the name of a model that comes with Anneal
     */
    public static Opened open(String place, Device device) throws IOException {
        return open(ModelCatalog.shipped().find(place), device);
    }

    /** As {@link #open(Path, Device)}, from wherever the {@link ModelCatalog} found it. */
    public static Opened open(ModelSource source, Device device) throws IOException {
        try (var file = source.open()) {
            return open(file, device);
        }
    }

    /** As {@link #open(Path, Device)}, from an open file, which may be closed afterwards. */
    public static Opened open(ModelFile file, Device device) throws IOException {
        LoadedModel loaded = file.load(device);
        try {
            if (!(loaded.module() instanceof UNet unet)) {
                throw DataException.in(file.path(), "holds a %s; a diffusion model is needed here",
                        loaded.config().type());
            }
            DiffusionConfig diffusion = ModelMetadata.diffusion(file.path(), loaded.metadata());
            var classNames = ModelMetadata.classNames(loaded.metadata());
            return new Opened(new DiffusionModel(unet, diffusion, classNames), loaded);
        } catch (IOException | RuntimeException e) {
            loaded.close();
            throw e;
        }
    }

    /**
     * The same network, never told a class: as if it had been trained without, by its null class.
     *
     * @throws IllegalArgumentException if it has classes but no null class
     */
    public DiffusionModel unconditional() {
        if (unet.config().numClasses() > 0 && !unet.config().nullClass()) {
            throw new IllegalArgumentException("the model was trained with classes and without a null class: it cannot "
                    + "be asked for nothing");
        }
        return new DiffusionModel(unet, diffusion, classNames, false);
    }

    public boolean isClassConditional() {
        return takesClasses && unet.config().numClasses() > 0;
    }

    public boolean hasNullClass() {
        return takesClasses && unet.config().nullClass();
    }

    /** Height and width of the images. */
    public int imageSize() {
        return unet.config().trunk().imageSize();
    }

    /** Channels of the images. */
    public int channels() {
        return unet.config().outChannels();
    }

    /** The network told these classes, I32 [N]; null for a model that is told none. */
    Denoiser denoiser(Tensor labels) {
        if (!takesClasses && unet.config().nullClass()) {
            return (x, t) -> unet.forward(x, t, nothing(x));
        }
        return (x, t) -> unet.forward(x, t, labels);
    }

    private Tensor nothing(Tensor x) {
        var labels = new int[x.dim(0)];
        Arrays.fill(labels, unet.config().nullClassLabel());
        return x.device().ofInts(labels, labels.length);
    }
}
