package anneal.nn;

import anneal.tensor.Tensor;

/** A square convolution with a kernel for each channel, which keeps the extent: odd kernels, half of it as padding. */
public final class DepthwiseConv2d extends Module {
    private final int padding;
    private final Parameter weight;
    private final Parameter bias;

    /** @throws IllegalArgumentException if the kernel is even */
    public DepthwiseConv2d(int channels, int kernel) {
        if (kernel % 2 == 0) {
            throw new IllegalArgumentException("depthwise convolution with a kernel of " + kernel + "; odd ones keep "
                    + "the extent");
        }
        padding = kernel / 2;
        var initialiser = Initialiser.fanIn(kernel * kernel);
        weight = parameter("weight", WeightLayout.DEPTHWISE, initialiser, kernel, kernel, channels);
        bias = parameter("bias", WeightLayout.PLAIN, initialiser, channels);
    }

    /**
     * @param x      [N, H, W, C]
     * @param rowAdd [N, C] added to every pixel, or null
     */
    public Tensor forward(Tensor x, Tensor rowAdd) {
        return result(anneal.tensor.DepthwiseConv2d.depthwiseConv2d(x, weight.value(), bias.value(), padding, rowAdd));
    }
}
