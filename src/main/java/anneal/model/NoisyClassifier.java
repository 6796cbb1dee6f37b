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
        return scoped(in -> {
            var e = trunk.embedding(in[1], null);
            var features = trunk.descend(in[0], e);
            return head.forward(features, trunk.middle(features.getLast(), e));
        }, x, t);
    }
}
