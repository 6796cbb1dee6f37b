package anneal.diffusion.cold;

/**
 * How much colour each step leaves.
 *
 * @param linear      whether colour goes evenly, by 1/T of the whole at each step; otherwise by one factor
 * @param factor      that factor; not used by the linear one
 * @param totalRemove whether the last step takes what colour is left
 * @param steps       T
 */
public record DesaturationSchedule(boolean linear, double factor, boolean totalRemove, int steps) {
    /** @throws IllegalArgumentException if there are no steps */
    public DesaturationSchedule {
        if (steps < 1) {
            throw new IllegalArgumentException("desaturation needs at least one step, got " + steps);
        }
    }

    /** By the names that the authors' programs take: Constant or Linear. */
    public static DesaturationSchedule named(String routine, double factor, boolean totalRemove, int steps) {
        return switch (routine) {
            case "Constant" -> new DesaturationSchedule(false, factor, totalRemove, steps);
            case "Linear" -> new DesaturationSchedule(true, factor, totalRemove, steps);
            default -> throw new IllegalArgumentException("no desaturation routine is called '" + routine
                    + "': use Constant or Linear");
        };
    }

    /** The share of the colour that step i leaves, for every i. */
    public double[] factors() {
        var factors = new double[steps];
        double kept = 1;
        for (int i = 0; i < steps; i++) {
            factors[i] = linear ? 1 - 1.0 / steps / kept : factor;
            kept *= factors[i];
        }
        if (totalRemove) {
            factors[steps - 1] = 0;
        }
        return factors;
    }

    /** f I + (1 - f)/3 ones: towards the mean of the channels, [3, 3]. */
    public static double[] matrix(double f) {
        var m = new double[9];
        for (int i = 0; i < m.length; i++) {
            m[i] = (1 - f) / 3 + (i % 4 == 0 ? f : 0);
        }
        return m;
    }
}
