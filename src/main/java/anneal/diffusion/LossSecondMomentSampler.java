package anneal.diffusion;

import java.util.Arrays;

/**
 * Timesteps in proportion to the root mean square of their recent losses, which evens out the noise of the bound's
 * gradient (Improved DDPM, section 3.3). Uniform until every timestep has a full history.
 */
public final class LossSecondMomentSampler implements TimestepSampler {
    private static final int HISTORY = 10;
    private static final double UNIFORM_SHARE = 0.001;

    private final int history;
    private final double uniformShare;
    private final double[][] losses;
    private final int[] counts;

    /** Ten losses a timestep and a share of 0.001 of uniform draws, as in the paper's code. */
    public LossSecondMomentSampler(int steps) {
        this(steps, HISTORY, UNIFORM_SHARE);
    }

    /**
     * @param history      how many losses of each timestep are remembered
     * @param uniformShare share of the probability that is spread evenly, so that no timestep is forgotten
     * @throws IllegalArgumentException if steps or history is not positive or the share is outside 0..1
     */
    public LossSecondMomentSampler(int steps, int history, double uniformShare) {
        if (steps < 1 || history < 1 || !(uniformShare >= 0 && uniformShare <= 1)) {
            throw new IllegalArgumentException(("a loss-second-moment sampler needs steps >= 1, history >= 1 and a "
                    + "uniform share in 0..1, got %d, %d, %s").formatted(steps, history, uniformShare));
        }
        this.history = history;
        this.uniformShare = uniformShare;
        losses = new double[steps][history];
        counts = new int[steps];
    }

    @Override
    public int steps() {
        return counts.length;
    }

    /** Whether every timestep has a full history, so that the losses count. */
    public boolean isWarmedUp() {
        return Arrays.stream(counts).allMatch(count -> count == history);
    }

    @Override
    public double[] weights() {
        var rms = Arrays.stream(losses).mapToDouble(this::rootMeanSquare).toArray();
        double sum = Arrays.stream(rms).sum();
        if (!isWarmedUp() || sum == 0) {
            Arrays.fill(rms, 1);
            return rms;
        }
        return Arrays.stream(rms).map(r -> r / sum * (1 - uniformShare) + uniformShare / steps()).toArray();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if there are not as many losses as timesteps, or one of either is out of range
     *                                  or not finite; nothing is learned then
     */
    @Override
    public void update(int[] timesteps, double[] batchLosses) {
        if (timesteps.length != batchLosses.length) {
            throw new IllegalArgumentException(
                    timesteps.length + " timesteps come with " + batchLosses.length + " losses");
        }
        for (int i = 0; i < timesteps.length; i++) {
            if (timesteps[i] < 0 || timesteps[i] >= steps() || !Double.isFinite(batchLosses[i])) {
                throw new IllegalArgumentException("loss %s at timestep %d of %d cannot be learned from"
                        .formatted(batchLosses[i], timesteps[i], steps()));
            }
        }
        for (int i = 0; i < timesteps.length; i++) {
            remember(timesteps[i], batchLosses[i]);
        }
    }

    private void remember(int t, double loss) {
        if (counts[t] < history) {
            losses[t][counts[t]++] = loss;
            return;
        }
        System.arraycopy(losses[t], 1, losses[t], 0, history - 1);
        losses[t][history - 1] = loss;
    }

    private double rootMeanSquare(double[] row) {
        return Math.sqrt(Arrays.stream(row).map(l -> l * l).sum() / history);
    }

    @Override
    public State state() {
        return new State(Arrays.stream(losses).flatMapToDouble(Arrays::stream).toArray(), counts.clone());
    }

    @Override
    public void restore(State state) {
        var filled = state.lossCounts();
        if (filled.length != steps() || state.lossHistory().length != steps() * history
                || Arrays.stream(filled).anyMatch(count -> count < 0 || count > history)) {
            throw new IllegalArgumentException("a loss history of %d timesteps and %d losses does not fit %d x %d"
                    .formatted(filled.length, state.lossHistory().length, steps(), history));
        }
        for (int t = 0; t < counts.length; t++) {
            System.arraycopy(state.lossHistory(), t * history, losses[t], 0, history);
            counts[t] = filled[t];
        }
    }
}
