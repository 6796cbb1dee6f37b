package anneal.diffusion.cold;

import anneal.tensor.Device;
import anneal.tensor.Select;
import anneal.tensor.Tensor;
import java.util.Arrays;

/** Levels of degradation on a device. Those that people give are checked here, once, before they index tables there. */
public final class Levels {
    private Levels() {
    }

    /**
     * @param levels one for each image of a batch
     * @return I32 [N], in the current scope
     * @throws IllegalArgumentException if one is not in 0..steps()
     */
    public static Tensor of(Device device, Degradation degradation, int... levels) {
        for (int level : levels) {
            check(degradation, level);
        }
        return device.ofInts(levels, levels.length);
    }

    /** The same level for each of {@code n} images. */
    public static Tensor same(Device device, Degradation degradation, int level, int n) {
        var levels = new int[n];
        Arrays.fill(levels, level);
        return of(device, degradation, levels);
    }

    /** From the times of the authors' code, which are one less. */
    public static Tensor ofCodeTimes(Device device, Degradation degradation, int... times) {
        return of(device, degradation, Arrays.stream(times).map(t -> t + 1).toArray());
    }

    /** From a tensor of such times, I32 [N], which were checked when they were drawn. */
    public static Tensor ofCodeTimes(Tensor times) {
        return times.toWide().add(1).toInts();
    }

    static void check(Degradation degradation, int level) {
        if (level < 0 || level > degradation.steps()) {
            throw new IllegalArgumentException(("level %d is out of range: "
                    + "this degradation has the levels 0 (clean) to %d").formatted(level, degradation.steps()));
        }
    }

    /** {@code by} levels lower, at least 0. */
    static Tensor below(Tensor level, int by) {
        return level.toWide().sub(by).clampMin(0).toInts();
    }

    /** What networks are told: s - 1, float [N]. */
    static Tensor time(Tensor level) {
        return level.toWide().sub(1);
    }

    /** {@code clean} for the images at level 0, else {@code degraded}. */
    static Tensor cleanOr(Tensor level, Tensor clean, Tensor degraded) {
        return Select.where(level.toWide().less(0.5).perSample(clean.rank()), clean, degraded);
    }
}
