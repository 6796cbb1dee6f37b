package anneal.nn;

import anneal.tensor.Tensor;

/**
 * The block of Cold Diffusion's UNet, after "A ConvNet for the 2020s" (Liu et al. 2022): a depthwise 7x7 convolution
 * that hears of the time, a norm, two 3x3 convolutions with GELU between them, and what came in.
 */
public final class ConvNextBlock extends Module {
    private static final int KERNEL = 7;
    private static final int WIDEN = 2;

    private final Linear time;
    private final DepthwiseConv2d depthwise;
    private final ChannelNorm norm;
    private final Conv2d widen;
    private final Conv2d narrow;
    private final Linear residual;

    /**
     * @param embedding width of the time embedding, or 0 for none
     * @param withNorm  normalise before the wide convolutions
     */
    public ConvNextBlock(int in, int out, int embedding, boolean withNorm) {
        time = embedding == 0 ? null : child("mlp.1", new Linear(embedding, in));
        depthwise = child("ds_conv", new DepthwiseConv2d(in, KERNEL));
        norm = withNorm ? child("net.0", new ChannelNorm(in)) : null;
        widen = child("net.1", new Conv2d(in, WIDEN * out, 3));
        narrow = child("net.3", new Conv2d(WIDEN * out, out, 3));
        residual = in == out ? null : child("res_conv", Linear.conv1x1(in, out));
    }

    /**
     * @param x         [N, H, W, in]
     * @param embedding [N, E], GELU already applied (once for all blocks); null for a block without time
     * @return [N, H, W, out]
     */
    public Tensor forward(Tensor x, Tensor embedding) {
        return result(scoped(args -> block(args[0], args[1]), x, embedding));
    }

    private Tensor block(Tensor x, Tensor embedding) {
        var h = depthwise.forward(x, time == null ? null : time.forward(embedding));
        var normal = norm == null ? h : norm.forward(h);
        return narrow.forward(widen.forward(normal).geluErf(), residual == null ? x : residual.forward(x));
    }
}
