package anneal.nn;

import anneal.kernel.Activation;
import anneal.kernel.Resample;
import anneal.tensor.NormOptions;
import anneal.tensor.Tensor;

/** Group normalisation, 32 groups of adjacent channels, affine; guided-diffusion's eps of 1e-5 if none is given. */
public final class GroupNorm extends Module {
    public static final int GROUPS = 32;
    private static final double EPS = 1e-5;

    private final double eps;
    private final Parameter weight;
    private final Parameter bias;

    /** @throws IllegalArgumentException if the channels are not a multiple of 32 */
    public GroupNorm(int channels) {
        this(channels, EPS);
    }

    /**
     * @param eps added to the variance
     * @throws IllegalArgumentException if the channels are not a multiple of 32
     */
    public GroupNorm(int channels, double eps) {
        if (channels < 1 || channels % GROUPS != 0) {
            throw new IllegalArgumentException("group norm of " + channels + " channels; a multiple of " + GROUPS
                    + " is needed");
        }
        this.eps = eps;
        weight = parameter("weight", WeightLayout.PLAIN, Initialiser.ONES, channels);
        bias = parameter("bias", WeightLayout.PLAIN, Initialiser.ZEROS, channels);
    }

    /**
     * @param x          [N, H, W, C]
     * @param scaleShift [N, 2C] for AdaGN, or null
     */
    public Tensor forward(Tensor x, Activation act, Tensor scaleShift) {
        return anneal.tensor.GroupNorm.groupNorm(x, options(act, Resample.NONE), gamma(), beta(), scaleShift);
    }

    NormOptions options(Activation act, Resample resample) {
        return new NormOptions(GROUPS, eps, act, resample);
    }

    Tensor gamma() {
        return weight.value();
    }

    Tensor beta() {
        return bias.value();
    }
}
