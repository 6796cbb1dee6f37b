package anneal.nn;

import anneal.tensor.MatMul;
import anneal.tensor.Tensor;

/**
 * Attention whose cost grows with the pixels, not with their square ("Efficient Attention", Shen et al. 2021): the keys
 * are normalised over the pixels, and each head mixes queries with one matrix of what keys and values have in common.
 * After a norm, with a residual.
 */
public final class LinearAttentionBlock extends Module {
    private static final int HEADS = 4;
    private static final int HEAD_CHANNELS = 32;
    private static final int WIDTH = HEADS * HEAD_CHANNELS;

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
        int n = x.dim(0);
        int pixels = x.dim(1) * x.dim(2);
        var all = qkv.forward(norm.forward(x)).reshape(n, pixels, 3 * WIDTH);
        var q = heads(all, 0);
        var k = heads(all, 1).softmax();
        var v = heads(all, 2);
        var context = MatMul.matmul(k, v, false, true).mul(1 / Math.sqrt(HEAD_CHANNELS));
        var mixed = MatMul.matmul(q, context, true, false).permute(0, 2, 1, 3);
        return projection.forward(mixed.reshape(n, x.dim(1), x.dim(2), WIDTH), x);
    }

    /** Queries, keys or values as [N, heads, channels, pixels]. */
    private static Tensor heads(Tensor all, int which) {
        return all.columns(which * WIDTH, (which + 1) * WIDTH).permute(0, 2, 1)
                .reshape(all.dim(0), HEADS, HEAD_CHANNELS, all.dim(1));
    }
}
