package anneal.model;

import static anneal.model.TrunkConfig.require;

import java.util.List;

/**
 * The UNet of ConvNeXt blocks with linear attention that most of Cold Diffusion's experiments use.
 *
 * @param channels        of the images, in and out
 * @param dim             base width, and that of the time embedding; even, at least 4
 * @param dimMults        width of each level of resolution as a multiple of dim; the first must be 1
 * @param timeEmbedding   whether it is told the time
 * @param residual        it predicts what is to be added to its input
 * @param outputMeanScale the result's mean is moved by how much it differs from the input's: the result minus the mean
 *                        of the input plus the mean of the result, per image; without effect beside residual, as in
 *                        the original
 */
public record ConvNextUNetConfig(int channels, int dim, List<Integer> dimMults, boolean timeEmbedding,
                                 boolean residual, boolean outputMeanScale) implements ModelConfig {
    static final String TYPE = "convnext";

    public ConvNextUNetConfig {
        dimMults = dimMults == null ? List.of() : List.copyOf(dimMults);
        require(channels >= 1, "channels %d; at least 1 is needed", channels);
        require(dim >= 1, "dim %d; at least 1 is needed", dim);
        require(!timeEmbedding || dim >= 4 && dim % 2 == 0,
                "dim %d; with a time embedding an even number from 4 on is needed", dim);
        require(!dimMults.isEmpty() && dimMults.getFirst() == 1,
                "dimMults %s; a list that begins with 1 is needed, for the last block is as wide as dim", dimMults);
        for (int mult : dimMults) {
            require(mult >= 1, "dimMults has %d; at least 1 is needed", mult);
        }
    }

    /** With time, and without the two additions to the result. */
    public ConvNextUNetConfig(int channels, int dim, List<Integer> dimMults) {
        this(channels, dim, dimMults, true, false, false);
    }

    /** The network of the published experiments. */
    public static ConvNextUNetConfig published(int channels) {
        return new ConvNextUNetConfig(channels, 64, List.of(1, 2, 4, 8));
    }

    @Override
    public int imageChannels() {
        return channels;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public ConvNextUNet build() {
        return new ConvNextUNet(this);
    }

    int levels() {
        return dimMults.size();
    }

    /** Channels that leave level {@code i}. */
    int width(int i) {
        return dim * dimMults.get(i);
    }
}
