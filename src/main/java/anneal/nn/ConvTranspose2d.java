package anneal.nn;

import anneal.tensor.Tensor;

/** A square transposed convolution. */
public final class ConvTranspose2d extends Module {
    private final int stride;
    private final int padding;
    private final Parameter weight;
    private final Parameter bias;

    public ConvTranspose2d(int in, int out, int kernel, int stride, int padding) {
        this.stride = stride;
        this.padding = padding;
        // PyTorch takes the second extent of its weight for the fan in, which here is out
        var initialiser = Initialiser.fanIn(out * kernel * kernel);
        weight = parameter("weight", WeightLayout.CONV2D, initialiser, in, kernel, kernel, out);
        bias = parameter("bias", WeightLayout.PLAIN, initialiser, out);
    }

    /**
     * @param x [N, H, W, in]
     * @return [N, (H - 1) stride - 2 padding + kernel, .., out]
     */
    public Tensor forward(Tensor x) {
        return result(anneal.tensor.ConvTranspose2d.convTranspose2d(x, weight.value(), bias.value(), stride, padding));
    }
}
