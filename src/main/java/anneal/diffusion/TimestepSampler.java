package anneal.diffusion;

import anneal.kernel.Philox;
import java.util.Arrays;

/**
 * Chooses the timesteps of a training batch, and the weights that keep the loss an unbiased mean over all timesteps
 * (Improved DDPM, section 3.3).
 */
public sealed interface TimestepSampler permits UniformSampler, LossSecondMomentSampler {
    /** Number of timesteps to choose from. */
    int steps();

    /** Unnormalised probability of each timestep, all positive. */
    double[] weights();

    /**
     * Learns from a step of training; samplers that do not learn ignore it.
     *
     * @param timesteps the batch's, in order
     * @param losses    of the same samples, unweighted
     */
    void update(int[] timesteps, double[] losses);

    /** What {@link #update} has learned, to go into a checkpoint. */
    State state();

    /**
     * Continues from {@code state}.
     *
     * @throws IllegalArgumentException if it is another sampler's
     */
    void restore(State state);

    /** Probability of each timestep. */
    default double[] probabilities() {
        var p = weights();
        double sum = Arrays.stream(p).sum();
        return Arrays.stream(p).map(w -> w / sum).toArray();
    }

    /** 1 / (T p(t)) for each of {@code timesteps}: the factors of their losses. */
    default double[] importanceWeights(int... timesteps) {
        var p = probabilities();
        return Arrays.stream(timesteps).mapToDouble(t -> 1 / (p.length * p[t])).toArray();
    }

    /**
     * Chooses a timestep for each uniform number by inverting the cumulative distribution: a sample's timestep depends
     * on its own number only, not on how large the batch is.
     *
     * @param uniforms in [0, 1), one a sample
     */
    default Draw choose(double... uniforms) {
        var p = probabilities();
        var upTo = new double[p.length];
        double sum = 0;
        for (int t = 0; t < p.length; t++) {
            sum += p[t];
            upTo[t] = sum;
        }
        var timesteps = Arrays.stream(uniforms).mapToInt(u -> timestepOf(u, upTo)).toArray();
        return new Draw(timesteps, importanceWeights(timesteps));
    }

    /**
     * Chooses the timesteps of one training step, each from its sample's own random numbers.
     *
     * @param stream   the caller's number for this use of randomness
     * @param position the training step
     * @param samples  numbers of the samples in the batch
     */
    default Draw draw(long seed, int stream, int position, int... samples) {
        return choose(Arrays.stream(samples)
                .mapToDouble(sample -> Philox.stream(seed, stream, sample, position).nextDouble())
                .toArray());
    }

    private static int timestepOf(double uniform, double[] upTo) {
        if (!(uniform >= 0 && uniform < 1)) {
            throw new IllegalArgumentException("a uniform draw must be in [0, 1), got " + uniform);
        }
        int found = Arrays.binarySearch(upTo, uniform);
        // Rounding may leave the last cumulative sum just under 1.
        return Math.min(found >= 0 ? found + 1 : -found - 1, upTo.length - 1);
    }

    /**
     * The sampler that has this name on the command line.
     *
     * @param name {@code uniform} or {@code loss-second-moment}
     * @throws IllegalArgumentException for any other name
     */
    static TimestepSampler named(String name, int steps) {
        return switch (name) {
            case "uniform" -> new UniformSampler(steps);
            case "loss-second-moment" -> new LossSecondMomentSampler(steps);
            default -> throw new IllegalArgumentException(
                    "no timestep sampler is called '" + name + "': use uniform or loss-second-moment");
        };
    }

    /**
     * A batch's timesteps.
     *
     * @param timesteps one a sample
     * @param weights   factor of each sample's loss
     */
    record Draw(int[] timesteps, double[] weights) {
    }

    /**
     * A sampler's memory as plain arrays; both empty for a sampler that has none.
     *
     * @param lossHistory [T, history], oldest first
     * @param lossCounts  [T], how many of each row are filled
     */
    record State(double[] lossHistory, int[] lossCounts) {
    }
}
