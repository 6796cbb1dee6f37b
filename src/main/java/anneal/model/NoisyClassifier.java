package anneal.model;

import anneal.nn.DropoutState;
import anneal.nn.Module;
import anneal.tensor.Tensor;

/**
 * A classifier of noised images, the down-sampling half of a UNet ("Diffusion Models Beat GANs", section 4;
 * guided-diffusion, unet.py, EncoderUNetModel).
 */
public final class NoisyClassifier extends Module {
    private final ClassifierConfig config;
    private final Trunk trunk;
    private final PoolingHead head;

    public NoisyClassifier(ClassifierConfig config) {
        this.config = config;
        trunk = child("", new Trunk(config.trunk(), 0));
        head = child("out", PoolingHead.of(config, trunk));
    }

    public ClassifierConfig config() {
        return config;
    }

    /** Switches dropout on and off. */
    public DropoutState dropout() {
        return trunk.options().dropoutState();
    }

    /**
     * @param x [N, H, W, inChannels]; with attention pooling of the config's size
     * @param t [N], the timestep as the embedding takes it; I32 or floating
     * @return logits [N, numClasses]
     */
    public Tensor forward(Tensor x, Tensor t) {
        return scoped(in -> classify(features(in[0], in[1])), x, t);
    }

    /**
     * What the last linear layer is given: as wide as the last feature map, or 2048 with the spatial poolings.
     *
     * @param x as for {@link #forward}
     * @param t as for {@link #forward}
     * @return [N, width]
     */
    public Tensor features(Tensor x, Tensor t) {
        return scoped(in -> {
            var e = trunk.embedding(in[1], null);
            var maps = trunk.descend(in[0].toFloating(), e);
            return head.features(maps, trunk.middle(maps.getLast(), e));
        }, x, t);
    }

    /**
     * The last linear layer.
     *
     * @param features from {@link #features}
     * @return logits [N, numClasses]
     */
    public Tensor classify(Tensor features) {
        return scoped(in -> head.classify(in[0].toFloating()).toWide(), features);
    }
}
