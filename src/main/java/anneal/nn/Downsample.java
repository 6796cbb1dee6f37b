package anneal.nn;

import anneal.tensor.Resampling;
import anneal.tensor.Tensor;

/** Half the resolution: a convolution of stride 2, or the mean of 2x2 pixels. */
public final class Downsample extends Module implements Layer {
    private final Conv2d conv;

    public Downsample(int channels, boolean learned) {
        conv = learned ? child("op", new Conv2d(channels, channels, 3, 2)) : null;
    }

    @Override
    public Tensor apply(Tensor x, Tensor embedding) {
        return conv == null ? Resampling.averagePool(x) : conv.forward(x);
    }
}
