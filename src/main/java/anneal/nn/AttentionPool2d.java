package anneal.nn;

import anneal.tensor.Attention;
import anneal.tensor.Attention.Packing;
import anneal.tensor.Concat;
import anneal.tensor.Tensor;

/**
 * CLIP's attention pooling: the mean of all pixels, as an extra token, asks every pixel and gives the answer
 * (guided-diffusion, unet.py, AttentionPool2d). q, k and v are always in the new order.
 */
public final class AttentionPool2d extends Module {
    private final int heads;
    private final Parameter positions;
    private final Linear qkv;
    private final Linear projection;

    /** @param side height and width of the images, which the table of positions fixes */
    public AttentionPool2d(int side, int channels, int headChannels, int out) {
        if (headChannels < 1 || channels % headChannels != 0) {
            throw new IllegalArgumentException("attention pooling of " + channels + " channels with " + headChannels
                    + " a head; a divisor is needed");
        }
        heads = channels / headChannels;
        positions = parameter("positional_embedding", WeightLayout.TRANSPOSED,
                Initialiser.normal(1 / Math.sqrt(channels)), side * side + 1, channels);
        qkv = child("qkv_proj", Linear.conv1d(channels, 3 * channels));
        projection = child("c_proj", Linear.conv1d(channels, out));
    }

    /**
     * @param x [N, side, side, channels]
     * @return [N, out]
     */
    public Tensor forward(Tensor x) {
        return scoped(in -> project(pooled(in[0])), x);
    }

    /**
     * The answer to the extra token, before the projection.
     *
     * @param x [N, side, side, channels]
     * @return [N, channels]
     */
    public Tensor pooled(Tensor x) {
        int n = x.dim(0);
        int channels = x.dim(3);
        int pixels = x.dim(1) * x.dim(2);
        if (pixels + 1 != positions.shape().dim(0)) {
            throw new IllegalArgumentException("attention pooling of " + x.dim(1) + "x" + x.dim(2) + " pixels by a"
                    + " table for " + (positions.shape().dim(0) - 1) + "; images must have the size that the model is for");
        }
        return scoped(in -> {
            var tokens = in[0].reshape(n, pixels, channels);
            var all = Concat.concat(1, tokens.mean(true, 1), tokens).add(positions.value());
            var mixed = Attention.selfAttention(qkv.forward(all), heads, Packing.QKV_MAJOR);
            return mixed.slice(1, 0, 1).reshape(n, channels);
        }, x);
    }

    /**
     * @param pooled [N, channels]
     * @return [N, out]
     */
    public Tensor project(Tensor pooled) {
        return projection.forward(pooled);
    }
}
