package anneal.train;

import java.util.HashSet;
import java.util.List;

/**
 * How a model is optimised.
 *
 * @param steps            optimiser steps in all
 * @param batch            images a step
 * @param microbatch       images that go through the network at once; 0 for the whole batch
 * @param learningRate     the full rate
 * @param weightDecay      AdamW's, decoupled
 * @param warmupSteps      steps over which the rate rises to its full value
 * @param annealSteps      steps over which it falls to 0; 0 keeps it constant
 * @param emaRates         one average of the weights for each, such as 0.999
 * @param emaStart         when the averages move; null for every step
 * @param maxGradientNorm  longer gradients are scaled down to it; 0 for no clipping
 * @param timestepSampler  {@code uniform} or {@code loss-second-moment}
 * @param flip             mirror images left-right at random
 * @param seed             of start values, order, timesteps and noise
 */
public record OptimizationConfig(int steps, int batch, int microbatch, double learningRate, double weightDecay,
                                 int warmupSteps, int annealSteps, List<Double> emaRates, EmaStart emaStart,
                                 double maxGradientNorm, String timestepSampler, boolean flip, long seed) {
    public OptimizationConfig {
        emaRates = emaRates == null ? List.of() : List.copyOf(emaRates);
        require(steps >= 0, "steps", "0 or more", steps);
        require(batch >= 1, "batch", "1 or more", batch);
        require(microbatch >= 0, "microbatch", "0 (the whole batch) or more", microbatch);
        require(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY, "learningRate", "positive", learningRate);
        require(weightDecay >= 0, "weightDecay", "0 or more", weightDecay);
        require(warmupSteps >= 0, "warmupSteps", "0 or more", warmupSteps);
        require(annealSteps >= 0, "annealSteps", "0 or more", annealSteps);
        require(maxGradientNorm >= 0, "maxGradientNorm", "0 (no clipping) or more", maxGradientNorm);
        for (double rate : emaRates) {
            require(rate >= 0 && rate < 1, "emaRates", "in 0..1, below 1", rate);
        }
        require(new HashSet<>(emaRates).size() == emaRates.size(), "emaRates", "different from each other", emaRates);
        if (timestepSampler == null) {
            timestepSampler = "uniform";
        }
    }

    /** Averages that move with every step. */
    public OptimizationConfig(int steps, int batch, int microbatch, double learningRate, double weightDecay,
                              int warmupSteps, int annealSteps, List<Double> emaRates, double maxGradientNorm,
                              String timestepSampler, boolean flip, long seed) {
        this(steps, batch, microbatch, learningRate, weightDecay, warmupSteps, annealSteps, emaRates, null,
                maxGradientNorm, timestepSampler, flip, seed);
    }

    private static void require(boolean holds, String name, String wanted, Object got) {
        if (!holds) {
            throw new IllegalArgumentException(name + " must be " + wanted + ", got " + got);
        }
    }

    /** The same with another number of steps. */
    public OptimizationConfig withSteps(int newSteps) {
        return new OptimizationConfig(newSteps, batch, microbatch, learningRate, weightDecay, warmupSteps, annealSteps,
                emaRates, emaStart, maxGradientNorm, timestepSampler, flip, seed);
    }

    /** How fast each average forgets. */
    List<EmaSchedule> emaSchedules() {
        return emaRates.stream().map(rate -> emaStart == null ? EmaSchedule.constant(rate)
                : EmaSchedule.settling(rate, emaStart.every(), emaStart.after())).toList();
    }

    LearningRate learningRateSchedule() {
        return new LearningRate(learningRate, warmupSteps, annealSteps);
    }

    /** Images that go through the network at once. */
    int imagesAtOnce() {
        return microbatch == 0 ? batch : Math.min(batch, microbatch);
    }
}
