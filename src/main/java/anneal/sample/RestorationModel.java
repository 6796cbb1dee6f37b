package anneal.sample;

import anneal.diffusion.cold.ColdConfig;
import anneal.diffusion.cold.Restorer;
import anneal.io.DataException;
import anneal.model.ImageNetwork;
import anneal.model.LoadedModel;
import anneal.model.ModelFile;
import anneal.tensor.Device;
import java.io.IOException;

/**
 * A network that restores images, with the degradation that it was trained for (Cold Diffusion).
 *
 * @param network   in an arena of its own
 * @param cold      its degradation
 * @param imageSize height and width of the images
 * @param channels  of the images
 */
public record RestorationModel(ImageNetwork network, ColdConfig cold, int imageSize, int channels) {
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
            return open(file, device);
        }
    }

    /** As {@link #open(ModelSource, Device)}, from an open file, which may be closed afterwards. */
    public static Opened open(ModelFile file, Device device) throws IOException {
        var loaded = file.load(device);
        try {
            var cold = ModelMetadata.cold(file.path(), loaded.metadata());
            if (!(loaded.module() instanceof ImageNetwork network)) {
                throw DataException.in(file.path(), "holds a %s; a restorer is needed here", loaded.config().type());
            }
            int size = ModelMetadata.imageSize(file.path(), loaded.metadata());
            return new Opened(new RestorationModel(network, cold, size, loaded.config().imageChannels()), loaded);
        } catch (IOException | RuntimeException e) {
            loaded.close();
            throw e;
        }
    }

    /** T of its degradation. */
    public int steps(Device device) {
        try (var scope = device.scope()) {
            return cold.on(device, imageSize, channels).steps();
        }
    }

    /** The network as the algorithms ask it. */
    public Restorer restorer() {
        return network::forward;
    }
}
