package anneal.nn;

import anneal.tensor.GroupNorm;
import anneal.tensor.Tensor;

/** LayerNorm over the channels of each pixel, eps 1e-5, affine. */
public final class ChannelNorm extends Module {
    private static final double EPS = 1e-5;

    private final Parameter g;
    private final Parameter b;

    public ChannelNorm(int channels) {
        g = parameter("g", WeightLayout.CHANNELS, Initialiser.ONES, channels);
        b = parameter("b", WeightLayout.CHANNELS, Initialiser.ZEROS, channels);
    }

    /** @param x [N, H, W, C] */
    public Tensor forward(Tensor x) {
        return result(GroupNorm.layerNorm(x, EPS, g.value(), b.value()));
    }
}
