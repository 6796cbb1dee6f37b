package anneal.train;

/**
 * The learning rate of each training step, counted from 0: a linear warm-up, then constant or falling linearly to 0 as
 * guided-diffusion's TrainLoop has it. It updates the rate after a step, so step 0 and step 1 both use the full rate.
 *
 * @param base        the full rate
 * @param warmupSteps the first steps rise evenly to the full rate; 0 for none
 * @param annealSteps steps at which the rate reaches 0; 0 keeps it constant
 */
public record LearningRate(double base, int warmupSteps, int annealSteps) {
    /** @throws IllegalArgumentException if the rate is not positive and finite, or a number of steps is negative */
    public LearningRate {
        if (!(base > 0 && base < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the learning rate must be positive, got " + base);
        }
        if (warmupSteps < 0 || annealSteps < 0) {
            throw new IllegalArgumentException("warm-up and annealing steps must be 0 or more, got %d and %d"
                    .formatted(warmupSteps, annealSteps));
        }
    }

    public static LearningRate constant(double base) {
        return new LearningRate(base, 0, 0);
    }

    /** The rate that step {@code step} uses. */
    public double at(long step) {
        double warmup = step < warmupSteps ? (step + 1.0) / warmupSteps : 1;
        return warmup * (step == 0 ? base : annealedAfter(step - 1));
    }

    /** The rate without warm-up as it is set once step {@code step} is done. */
    public double annealedAfter(long step) {
        return annealSteps == 0 ? base : base * Math.max(0, 1 - (double) step / annealSteps);
    }
}
