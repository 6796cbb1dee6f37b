package anneal.model;

import anneal.nn.Module;
import anneal.nn.ParameterArena;
import java.util.Map;

/**
 * A network with its weights on a device.
 *
 * @param module   a {@link UNet}, {@link SuperResUNet} or {@link NoisyClassifier}
 * @param arena    its memory, given back by {@link #close}
 * @param metadata what was saved beside the weights
 */
public record LoadedModel(ModelConfig config, Module module, ParameterArena arena, Map<String, String> metadata)
        implements AutoCloseable {
    @Override
    public void close() {
        arena.close();
    }
}
