package anneal.train;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Means of the losses since the last report, over all samples and by quartile of the timestep, as guided-diffusion logs
 * them: where in the process a network errs tells more than the mean.
 */
final class LossMeter {
    private static final int QUARTILES = 4;

    private final Map<String, double[]> sums = new LinkedHashMap<>();
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
        double[] s = sums.computeIfAbsent(name, k -> new double[2 * (QUARTILES + 1)]);
        for (int i = 0; i < t.length; i++) {
            int quartile = (int) ((long) QUARTILES * t[i] / timesteps);
            accumulate(s, quartile, losses[i]);
            accumulate(s, QUARTILES, losses[i]);
        }
    }

    private static void accumulate(double[] s, int at, double value) {
        s[2 * at] += value;
        s[2 * at + 1]++;
    }

    /** {@code name} and {@code name_q0} .. {@code name_q3} (quartiles without a sample are left out); starts afresh. */
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

    private static void put(Map<String, Object> out, String name, double[] s, int at) {
        if (s[2 * at + 1] > 0) {
            out.put(name, s[2 * at] / s[2 * at + 1]);
        }
    }
}
