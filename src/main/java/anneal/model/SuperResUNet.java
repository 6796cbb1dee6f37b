package anneal.model;

import anneal.nn.DropoutState;
import anneal.nn.Module;
import anneal.tensor.Concat;
import anneal.tensor.Resize;
import anneal.tensor.Tensor;

/** A UNet that sees the enlarged low-resolution image beside x (guided-diffusion, unet.py, SuperResModel). */
public final class SuperResUNet extends Module {
    private final SuperResConfig config;
    private final UNet unet;

    public SuperResUNet(SuperResConfig config) {
        this.config = config;
        var c = config.unet();
        unet = child("", new UNet(new UNetConfig(c.trunk().withInChannels(2 * c.trunk().inChannels()), c.outChannels(),
                c.learnedVariance(), c.numHeadsUpsample(), c.numClasses(), c.nullClass())));
    }

    public SuperResConfig config() {
        return config;
    }

    /** Switches dropout on and off. */
    public DropoutState dropout() {
        return unet.dropout();
    }

    /**
     * One evaluation; see {@link UNet#forward}.
     *
     * @param x      [N, H, W, inChannels]
     * @param lowRes [N, h, w, inChannels], enlarged bilinearly to x's size
     * @return [N, H, W, networkOutChannels]
     */
    public Tensor forward(Tensor x, Tensor t, Tensor lowRes, Tensor y) {
        return scoped(in -> {
            var enlarged = Resize.resize(in[1], in[0].dim(1), in[0].dim(2), Resize.Method.BILINEAR, false);
            return unet.forward(Concat.concat(3, in[0], enlarged), in[2], in[3]);
        }, x, lowRes, t, y);
    }
}
