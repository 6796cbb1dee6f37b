package anneal.diffusion;

import java.util.Arrays;

/** Every timestep with the same probability. */
public record UniformSampler(int steps) implements TimestepSampler {
    /** @throws IllegalArgumentException if there is no timestep to choose */
    public UniformSampler {
        if (steps < 1) {
            throw new IllegalArgumentException("a timestep sampler needs at least one timestep, got " + steps);
        }
    }

    @Override
    public double[] weights() {
        var weights = new double[steps];
        Arrays.fill(weights, 1);
        return weights;
    }

    @Override
    public void update(int[] timesteps, double[] losses) {
        // uniform whatever the losses are
    }

    @Override
    public State state() {
        return new State(new double[0], new int[0]);
    }

    @Override
    public void restore(State state) {
        if (state.lossCounts().length != 0) {
            throw new IllegalArgumentException("a uniform timestep sampler has no state to restore, but "
                    + state.lossCounts().length + " timesteps are given: was the run started with loss-second-moment?");
        }
    }
}
