package anneal.nn;

import anneal.kernel.Activation;
import anneal.tensor.Attention;
import anneal.tensor.Attention.Packing;
import anneal.tensor.Tensor;

/** Self-attention among all pixels of an image, with a residual (guided-diffusion, unet.py, AttentionBlock). */
public final class AttentionBlock extends Module implements Layer {
    private final int heads;
    private final Packing packing;
    private final BlockOptions options;
    private final GroupNorm norm;
    private final Linear qkv;
    private final Linear projection;

    /** @param packing HEAD_MAJOR is guided-diffusion's legacy order, QKV_MAJOR its new one */
    public AttentionBlock(int channels, int heads, Packing packing, BlockOptions options) {
        if (heads < 1 || channels % heads != 0) {
            throw new IllegalArgumentException(channels + " channels do not divide into " + heads + " attention heads");
        }
        this.heads = heads;
        this.packing = packing;
        this.options = options;
        norm = child("norm", new GroupNorm(channels));
        qkv = child("qkv", Linear.conv1d(channels, 3 * channels));
        projection = child("proj_out", Linear.zeroConv1d(channels, channels));
    }

    @Override
    public Tensor apply(Tensor x, Tensor embedding) {
        return options.checkpoint() ? checkpointed(in -> block(in[0]), x) : scoped(in -> block(in[0]), x);
    }

    private Tensor block(Tensor x) {
        int[] image = x.shape().toArray();
        int pixels = image[1] * image[2];
        var tokens = norm.forward(x, Activation.NONE, null).reshape(image[0], pixels, image[3]);
        var mixed = Attention.selfAttention(qkv.forward(tokens), heads, packing);
        var sum = projection.forward(mixed, x.reshape(image[0], pixels, image[3])).reshape(image);
        return options.rescale() ? sum.mul(Math.sqrt(0.5)) : sum;
    }
}
