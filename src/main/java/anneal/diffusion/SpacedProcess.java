package anneal.diffusion;

import java.util.Arrays;

/**
 * A process that visits only some timesteps of a longer one, with betas such that x at a kept timestep has the same
 * distribution as before (Improved DDPM, equation 19).
 *
 * @param tables        coefficients of the shorter process
 * @param timestepMap   for each of its timesteps the original one, increasing; read only
 * @param originalSteps length of the original process
 */
public record SpacedProcess(DiffusionTables tables, int[] timestepMap, int originalSteps) {
    /**
     * Keeps {@code timesteps} of the process with these betas; all of them give the process itself.
     *
     * @param betas     variances of the original process
     * @param timesteps increasing, out of 0 .. betas.length-1
     * @throws IllegalArgumentException if the timesteps are empty, not increasing or not in the process
     */
    public static SpacedProcess of(double[] betas, int... timesteps) {
        requireIncreasing(timesteps, betas.length);
        if (timesteps.length == betas.length) {
            return new SpacedProcess(DiffusionTables.of(betas), timesteps.clone(), betas.length);
        }
        var cumprod = DiffusionTables.of(betas).alphasCumprod();
        var spaced = new double[timesteps.length];
        double last = 1;
        for (int i = 0; i < spaced.length; i++) {
            double current = cumprod[timesteps[i]];
            spaced[i] = 1 - current / last;
            last = current;
        }
        return new SpacedProcess(DiffusionTables.of(spaced), timesteps.clone(), betas.length);
    }

    /** Number of timesteps that are visited. */
    public int steps() {
        return timestepMap.length;
    }

    /**
     * What the network is told at each timestep: the original timestep, or, rescaled, that times 1000 / originalSteps,
     * so that a network sees 0 .. 1000 however long its process is.
     */
    public double[] modelTimesteps(boolean rescale) {
        double scale = rescale ? 1000.0 / originalSteps : 1;
        return Arrays.stream(timestepMap).mapToDouble(t -> t * scale).toArray();
    }

    private static void requireIncreasing(int[] timesteps, int steps) {
        if (timesteps.length == 0) {
            throw new IllegalArgumentException("a respaced process needs at least one timestep");
        }
        int last = -1;
        for (int t : timesteps) {
            if (t <= last || t >= steps) {
                throw new IllegalArgumentException("timestep %d after %d does not go into a process of %d steps"
                        .formatted(t, last, steps));
            }
            last = t;
        }
    }
}
