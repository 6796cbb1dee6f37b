package anneal.nn;

import anneal.tensor.Pad;
import anneal.tensor.Tensor;

/** Half the resolution by a 3x3 convolution of stride 2, with one row of zeros below and one column to the right. */
public final class DdpmDownsample extends Module {
    private final Conv2d conv;

    public DdpmDownsample(int channels) {
        conv = child("conv", new Conv2d(channels, channels, 3, 2, 0));
    }

    /** @param x [N, H, W, C] */
    public Tensor forward(Tensor x) {
        return result(scoped(in -> conv.forward(Pad.pad(Pad.pad(in[0], 1, 0, 1), 2, 0, 1)), x));
    }
}
