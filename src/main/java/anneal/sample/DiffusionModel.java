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
import java.util.List;

/**
 * A network that denoises images, with the process it was trained for.
 *
 * @param unet       in an arena of its own
 * @param diffusion  its process, all timesteps
 * @param classNames names of the classes it can be asked for, in the order of the labels; empty if it has none
 */
public record DiffusionModel(UNet unet, DiffusionConfig diffusion, List<String> classNames) {
    /** An open model file and the model in it; closing it gives the memory back. */
    public record Opened(DiffusionModel model, LoadedModel memory) implements AutoCloseable {
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
        LoadedModel loaded = ModelFile.load(file, device);
        try {
            if (!(loaded.module() instanceof UNet unet)) {
                throw DataException.in(file, "holds a %s; a diffusion model is needed here", loaded.config().type());
            }
            DiffusionConfig diffusion = ModelMetadata.diffusion(file, loaded.metadata());
            return new Opened(new DiffusionModel(unet, diffusion, ModelMetadata.classNames(loaded.metadata())), loaded);
        } catch (IOException | RuntimeException e) {
            loaded.close();
            throw e;
        }
    }

    public boolean isClassConditional() {
        return unet.config().numClasses() > 0;
    }

    public boolean hasNullClass() {
        return unet.config().nullClass();
    }

    /** Height and width of the images. */
    public int imageSize() {
        return unet.config().trunk().imageSize();
    }

    /** Channels of the images. */
    public int channels() {
        return unet.config().outChannels();
    }

    /** The network told these classes, I32 [N]; null for a model without classes. */
    Denoiser denoiser(Tensor labels) {
        return (x, t) -> unet.forward(x, t, labels);
    }
}
