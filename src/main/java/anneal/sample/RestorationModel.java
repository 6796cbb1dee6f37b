package anneal.sample;

import anneal.diffusion.cold.ColdConfig;
import anneal.diffusion.cold.Restorer;
import anneal.io.DataException;
import anneal.model.LoadedModel;
import anneal.model.UNet;
import anneal.tensor.Device;
import java.io.IOException;

/**
 * A network that restores images, with the degradation that it was trained for (Cold Diffusion).
 *
 * @param unet in an arena of its own
 * @param cold its degradation
 */
public record RestorationModel(UNet unet, ColdConfig cold) {
    /** An open model file and the model in it; closing it gives the memory back. */
    public record Opened(RestorationModel model, LoadedModel memory) implements AutoCloseable {
        @Override
        public void close() {
            memory.close();
        }
    }

    /**
     * Reads weights that training wrote.
     *
     * @throws DataException in one line, if they are not of a restorer
     */
    public static Opened open(ModelSource source, Device device) throws IOException {
        try (var file = source.open()) {
            var loaded = file.load(device);
            try {
                var cold = ModelMetadata.cold(file.path(), loaded.metadata());
                if (!(loaded.module() instanceof UNet unet)) {
                    throw DataException.in(file.path(), "holds a %s; a restorer is needed here",
                            loaded.config().type());
                }
                return new Opened(new RestorationModel(unet, cold), loaded);
            } catch (IOException | RuntimeException e) {
                loaded.close();
                throw e;
            }
        }
    }

    /** The network as the algorithms ask it. */
    public Restorer restorer() {
        return (x, time) -> unet.forward(x, time, null);
    }

    /** Height and width of the images. */
    public int imageSize() {
        return unet.config().trunk().imageSize();
    }

    /** Channels of the images. */
    public int channels() {
        return unet.config().outChannels();
    }
}
