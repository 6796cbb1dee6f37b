package anneal.diffusion.cold;

import anneal.tensor.Select;
import anneal.tensor.Tensor;

/**
 * Where the authors' programs do something else than the paper's algorithms. Only comparisons with their numbers need
 * these; {@link ColdSampler} has the algorithms.
 */
public final class AuthorsVariants {
    private AuthorsVariants() {
    }

    /** Algorithm 1 of the snow and colour programs, a level too far down: D(R, max(s - 2, 0)). */
    public static ColdSampler laggingNaive() {
        return (d, x, restored, level) -> d.degrade(restored, Levels.below(level, 2));
    }

    /**
     * Algorithm 2 of the snow and colour programs: x_s - D(R, s - 1) + D(R, max(s - 2, 0)), whose last step is idle.
     */
    public static ColdSampler laggingImproved() {
        return (d, x, restored, level) -> x.sub(d.degrade(restored, Levels.below(level, 1)))
                .add(d.degrade(restored, Levels.below(level, 2)));
    }

    /**
     * {@code sample} of the blur program with its routine Individual_Incremental: the kernel of step s - 2 alone, on
     * the estimate. For s = 1 that is index -1, which in Python is the last kernel.
     *
     * @param kernels {@link Blur#ofSingleKernels}
     */
    public static ColdSampler individualNaive(Degradation kernels) {
        return (d, x, restored, level) -> kernels.degrade(restored, wrappedBelow(level, kernels.steps()));
    }

    /**
     * {@code all_sample} of the same, whichever algorithm is asked for: the kernel of step s - 2 on x_s itself, and for
     * s = 1 the estimate.
     */
    public static ColdSampler individualSequential(Degradation kernels) {
        return (d, x, restored, level) -> {
            var below = Levels.below(level, 1);
            return Select.where(below.toWide().less(0.5).perSample(x.rank()), restored, kernels.degrade(x, below));
        };
    }

    private static Tensor wrappedBelow(Tensor level, int steps) {
        var below = level.toWide().sub(1);
        return below.add(below.less(0.5).mul(steps)).toInts();
    }
}
