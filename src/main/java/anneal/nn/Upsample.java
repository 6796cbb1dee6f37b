package anneal.nn;

import anneal.tensor.Resampling;
import anneal.tensor.Tensor;

/** Twice the resolution by repeating pixels, then a convolution if {@code learned}. */
public final class Upsample extends Module implements Layer {
    private final Conv2d conv;

    public Upsample(int channels, boolean learned) {
        conv = learned ? child("conv", new Conv2d(channels, channels, 3)) : null;
    }

    @Override
    public Tensor apply(Tensor x, Tensor embedding) {
        return result(scoped(in -> {
            var up = Resampling.upsampleNearest(in[0]);
            return conv == null ? up : conv.forward(up);
        }, x));
    }
}
