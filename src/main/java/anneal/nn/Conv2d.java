package anneal.nn;

import anneal.kernel.Activation;
import anneal.kernel.Resample;
import anneal.tensor.Tensor;

/** A square convolution; unless told otherwise its padding is kernel/2, which keeps the extent, or halves it. */
public final class Conv2d extends Module implements Layer {
    private final int stride;
    private final int padding;
    private final Parameter weight;
    private final Parameter bias;

    private Conv2d(int in, int out, int kernel, int stride, int padding, Initialiser initialiser) {
        this.stride = stride;
        this.padding = padding;
        weight = parameter("weight", WeightLayout.CONV2D, initialiser, out, kernel, kernel, in);
        bias = parameter("bias", WeightLayout.PLAIN, initialiser, out);
    }

    /** @param padding zeros on every side */
    public Conv2d(int in, int out, int kernel, int stride, int padding) {
        this(in, out, kernel, stride, padding, Initialiser.fanIn(in * kernel * kernel));
    }

    public Conv2d(int in, int out, int kernel, int stride) {
        this(in, out, kernel, stride, kernel / 2);
    }

    public Conv2d(int in, int out, int kernel) {
        this(in, out, kernel, 1);
    }

    /** A convolution that starts from zero (guided-diffusion's zero_module). */
    public static Conv2d zero(int in, int out, int kernel) {
        return new Conv2d(in, out, kernel, 1, kernel / 2, Initialiser.ZEROS);
    }

    /** @param x [N, H, W, in] */
    public Tensor forward(Tensor x) {
        return forward(x, null);
    }

    /** @param residual of the result's shape, added to it; or null */
    public Tensor forward(Tensor x, Tensor residual) {
        return result(anneal.tensor.Conv2d.conv2d(x, weight.value(), bias.value(), stride, padding, residual));
    }

    /**
     * The convolution of {@code resample(SiLU(norm(x)))} as one operation; stride 1.
     *
     * @param scaleShift [N, 2 in] for AdaGN, or null
     * @param rowAdd     [N, out] added to every pixel, or null
     * @param residual   of the result's shape, or null
     */
    public Tensor afterNorm(GroupNorm norm, Tensor x, Resample resample, Tensor scaleShift, Tensor rowAdd,
                            Tensor residual) {
        return anneal.tensor.Conv2d.normConv2d(x, norm.options(Activation.SILU, resample), norm.gamma(), norm.beta(),
                scaleShift, weight.value(), bias.value(), padding, rowAdd, residual);
    }

    @Override
    public Tensor apply(Tensor x, Tensor embedding) {
        return forward(x);
    }
}
