package anneal.diffusion.cold;

import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.util.stream.IntStream;

/**
 * Gaussian blur: level s is the kernels of the first s steps, one after the other (Bansal et al. 2022, section 4.1).
 */
public final class Blur implements Degradation {
    private final SeparableMaps maps;
    private final int steps;

    private Blur(SeparableMaps maps, int steps) {
        this.maps = maps;
        this.steps = steps;
    }

    /**
     * Lays the products of the kernels into the current scope.
     *
     * @param size     height and width of the images
     * @param discrete whether the last level is each channel's mean over the image (the authors' way to a start that
     *                 can be sampled)
     * @throws IllegalArgumentException in one line, if a kernel is too large for the images
     */
    public static Blur of(Device device, BlurSchedule schedule, int size, boolean discrete) {
        int steps = schedule.steps();
        var kernels = IntStream.range(0, steps).mapToObj(i -> schedule.map(i, size)).toList();
        var levels = LineMaps.accumulated(size, kernels);
        if (discrete) {
            levels[steps] = LineMaps.product(LineMaps.mean(size), levels[steps], size);
        }
        return new Blur(SeparableMaps.of(device, size, levels), steps);
    }

    /** Each kernel by itself: level s is that of step s - 1 alone. */
    public static Blur ofSingleKernels(Device device, BlurSchedule schedule, int size) {
        var levels = new double[schedule.steps() + 1][];
        levels[0] = LineMaps.identity(size);
        for (int i = 0; i < schedule.steps(); i++) {
            levels[i + 1] = schedule.map(i, size);
        }
        return new Blur(SeparableMaps.of(device, size, levels), schedule.steps());
    }

    @Override
    public int steps() {
        return steps;
    }

    @Override
    public Tensor degrade(Tensor x, Tensor level) {
        LevelTable.require("this blur", x, level, maps.size(), 0);
        return maps.apply(x, level);
    }
}
