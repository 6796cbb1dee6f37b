package anneal.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Means since the last report: of losses over all samples and by quartile of the timestep, as guided-diffusion logs them
 * (where in the process a network errs tells more than the mean), and of numbers that there is one of a step.
 */
final class LossMeter {
    private static final int QUARTILES = 4;
    /** Sum and count of each quartile, then of everything. */
    private static final int CELLS = 2 * (QUARTILES + 1);

    private final SequencedMap<String, double[]> sums = new LinkedHashMap<>();
    private final int timesteps;

    /** @param timesteps length of the process */
    LossMeter(int timesteps) {
        this.timesteps = timesteps;
    }

    /**
     * @param name   of the loss
     * @param t      timestep of each sample
     * @param losses of each sample
     */
    void add(String name, int[] t, double[] losses) {
        for (int i = 0; i < t.length; i++) {
            accumulate(name, (int) ((long) QUARTILES * t[i] / timesteps), losses[i]);
            accumulate(name, QUARTILES, losses[i]);
        }
    }

    /** A number of the whole step. */
    void add(String name, double value) {
        accumulate(name, QUARTILES, value);
    }

    private void accumulate(String name, int cell, double value) {
        double[] s = sums.computeIfAbsent(name, k -> new double[CELLS]);
        s[2 * cell] += value;
        s[2 * cell + 1]++;
    }

    /** {@code name}, and {@code name_q0} .. {@code name_q3} for quartiles that had a sample; starts afresh. */
    Map<String, Object> drain() {
        Map<String, Object> out = new LinkedHashMap<>();
        sums.forEach((name, s) -> {
            put(out, name, s, QUARTILES);
            for (int q = 0; q < QUARTILES; q++) {
                put(out, name + "_q" + q, s, q);
            }
        });
        sums.clear();
        return out;
    }

    private static void put(Map<String, Object> out, String name, double[] s, int cell) {
        if (s[2 * cell + 1] > 0) {
            out.put(name, s[2 * cell] / s[2 * cell + 1]);
        }
    }

    /** What has gathered since the last report, to go into a checkpoint. */
    SequencedMap<String, double[]> state() {
        var out = new LinkedHashMap<String, double[]>();
        sums.forEach((name, s) -> out.put(name, s.clone()));
        return out;
    }

    /** Goes on from {@code state}; throws IllegalArgumentException if it is not one. */
    void restore(Map<String, double[]> state) {
        sums.clear();
        state.forEach((name, s) -> {
            if (s.length != CELLS) {
                throw new IllegalArgumentException("a loss meter's '" + name + "' has " + s.length + " numbers, not "
                        + CELLS);
            }
            sums.put(name, s.clone());
        });
    }
}
