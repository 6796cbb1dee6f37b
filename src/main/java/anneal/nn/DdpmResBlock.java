package anneal.nn;

import anneal.kernel.Activation;
import anneal.kernel.Resample;
import anneal.tensor.Tensor;

/**
 * The residual block of "Denoising Diffusion Probabilistic Models" (Ho et al. 2020): norm, SiLU and convolution twice,
 * the time added between them. Two fused operations when dropout is off.
 */
public final class DdpmResBlock extends Module {
    static final double EPS = 1e-6;

    private final GroupNorm norm1;
    private final Conv2d conv1;
    private final Linear time;
    private final GroupNorm norm2;
    private final Conv2d conv2;
    private final Linear shortcut;
    private final Dropout dropout;

    /** @param embedding width of the time embedding */
    public DdpmResBlock(int in, int out, int embedding, double dropout, DropoutState state) {
        norm1 = child("norm1", new GroupNorm(in, EPS));
        conv1 = child("conv1", new Conv2d(in, out, 3));
        time = child("temb_proj", new Linear(embedding, out));
        norm2 = child("norm2", new GroupNorm(out, EPS));
        conv2 = child("conv2", new Conv2d(out, out, 3));
        shortcut = in == out ? null : child("nin_shortcut", Linear.conv1x1(in, out));
        this.dropout = new Dropout(dropout, state);
    }

    /**
     * @param x         [N, H, W, in]
     * @param embedding [N, E], SiLU already applied (once for all blocks)
     * @return [N, H, W, out]
     */
    public Tensor forward(Tensor x, Tensor embedding) {
        return result(scoped(in -> block(in[0], in[1]), x, embedding));
    }

    private Tensor block(Tensor x, Tensor embedding) {
        var h = conv1.afterNorm(norm1, x, Resample.NONE, null, time.forward(embedding), null);
        var identity = shortcut == null ? x : shortcut.forward(x);
        if (dropout.isActive()) {
            return conv2.forward(dropout.forward(norm2.forward(h, Activation.SILU, null)), identity);
        }
        return conv2.afterNorm(norm2, h, Resample.NONE, null, null, identity);
    }
}
