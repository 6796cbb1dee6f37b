package anneal.nn;

import anneal.tensor.Tensor;

/** x W^T + b over the last axis. */
public final class Linear extends Module {
    private final Parameter weight;
    private final Parameter bias;

    /** @param biases null: there are none */
    private Linear(WeightLayout layout, Initialiser weights, Initialiser biases, int in, int out) {
        weight = parameter("weight", layout, weights, out, in);
        bias = biases == null ? null : parameter("bias", WeightLayout.PLAIN, biases, out);
    }

    public Linear(int in, int out) {
        this(WeightLayout.PLAIN, Initialiser.fanIn(in), Initialiser.fanIn(in), in, out);
    }

    /** A Conv1d with one tap, over tokens [N, T, in]. */
    public static Linear conv1d(int in, int out) {
        return new Linear(WeightLayout.CONV1D, Initialiser.fanIn(in), Initialiser.fanIn(in), in, out);
    }

    /** As {@link #conv1d}, starting from zero. */
    public static Linear zeroConv1d(int in, int out) {
        return new Linear(WeightLayout.CONV1D, Initialiser.ZEROS, Initialiser.ZEROS, in, out);
    }

    /** A 1x1 convolution of images of one pixel, starting from zero. */
    public static Linear zeroConv1x1(int in, int out) {
        return new Linear(WeightLayout.CONV1X1, Initialiser.ZEROS, Initialiser.ZEROS, in, out);
    }

    /** A 1x1 convolution of images [N, H, W, in]. */
    public static Linear conv1x1(int in, int out) {
        return new Linear(WeightLayout.CONV1X1, Initialiser.fanIn(in), Initialiser.fanIn(in), in, out);
    }

    /** As {@link #conv1x1}, without a bias. */
    public static Linear conv1x1WithoutBias(int in, int out) {
        return new Linear(WeightLayout.CONV1X1, Initialiser.fanIn(in), null, in, out);
    }

    /** @param x [.., in] */
    public Tensor forward(Tensor x) {
        return forward(x, null);
    }

    /** @param residual [.., out], added to the result; or null */
    public Tensor forward(Tensor x, Tensor residual) {
        return result(anneal.tensor.Linear.linear(x, weight.value(), bias == null ? null : bias.value(), residual));
    }
}
