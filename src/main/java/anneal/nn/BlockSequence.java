package anneal.nn;

import anneal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Layers one after another, named 0, 1, ... (guided-diffusion's TimestepEmbedSequential). */
public final class BlockSequence extends Module implements Layer {
    private final List<Layer> layers = new ArrayList<>();

    /** Appends a layer, before the sequence becomes part of a module that is in use. */
    public <M extends Module & Layer> BlockSequence add(M layer) {
        layers.add(child(Integer.toString(layers.size()), layer));
        return this;
    }

    @Override
    public Tensor apply(Tensor x, Tensor embedding) {
        return scoped(in -> {
            var y = in[0];
            for (var layer : layers) {
                y = layer.apply(y, in[1]);
            }
            return y;
        }, x, embedding);
    }
}
