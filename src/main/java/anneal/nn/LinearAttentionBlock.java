package anneal.nn;

import anneal.tensor.LinearAttention;
import anneal.tensor.Tensor;

/** Linear attention among all pixels of an image, four heads of 32 channels, after a norm and with a residual. */
public final class LinearAttentionBlock extends Module {
    private static final int HEADS = 4;
    private static final int WIDTH = 32 * HEADS;

    private final ChannelNorm norm;
    private final Linear qkv;
    private final Linear projection;

    public LinearAttentionBlock(int channels) {
        qkv = child("fn.fn.to_qkv", Linear.conv1x1WithoutBias(channels, 3 * WIDTH));
        projection = child("fn.fn.to_out", Linear.conv1x1(WIDTH, channels));
        norm = child("fn.norm", new ChannelNorm(channels));
    }

    /** @param x [N, H, W, C] */
    public Tensor forward(Tensor x) {
        return result(scoped(in -> block(in[0]), x));
    }

    private Tensor block(Tensor x) {
        int[] image = x.shape().toArray();
        var all = qkv.forward(norm.forward(x)).reshape(image[0], image[1] * image[2], 3 * WIDTH);
        var mixed = LinearAttention.linearAttention(all, HEADS).reshape(image[0], image[1], image[2], WIDTH);
        return projection.forward(mixed, x);
    }
}
