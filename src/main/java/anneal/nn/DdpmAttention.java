package anneal.nn;

import anneal.kernel.Activation;
import anneal.tensor.Attention;
import anneal.tensor.Tensor;

/** Self-attention of one head among all pixels, after a norm, with a residual (Ho et al. 2020). */
public final class DdpmAttention extends Module {
    private final GroupNorm norm;
    private final Linear q;
    private final Linear k;
    private final Linear v;
    private final Linear projection;

    public DdpmAttention(int channels) {
        norm = child("norm", new GroupNorm(channels, DdpmResBlock.EPS));
        q = child("q", Linear.conv1x1(channels, channels));
        k = child("k", Linear.conv1x1(channels, channels));
        v = child("v", Linear.conv1x1(channels, channels));
        projection = child("proj_out", Linear.conv1x1(channels, channels));
    }

    /** @param x [N, H, W, C] */
    public Tensor forward(Tensor x) {
        return result(scoped(in -> block(in[0]), x));
    }

    private Tensor block(Tensor x) {
        int[] image = x.shape().toArray();
        var tokens = norm.forward(x, Activation.NONE, null).reshape(image[0], image[1] * image[2], image[3]);
        var mixed = Attention.attention(q.forward(tokens), k.forward(tokens), v.forward(tokens), 1, false, null);
        return projection.forward(mixed.reshape(image), x);
    }
}
