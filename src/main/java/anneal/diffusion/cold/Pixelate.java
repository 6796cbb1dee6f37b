package anneal.diffusion.cold;

import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.util.stream.IntStream;

/** Lower resolution: level s is the first s steps, one after the other (Bansal et al. 2022, section 4.3). */
public final class Pixelate implements Degradation {
    private final SeparableMaps maps;
    private final int steps;

    /** @param size height and width of the images; the products of the steps lie in the current scope */
    public Pixelate(Device device, ResolutionSchedule schedule, int size) {
        steps = schedule.steps();
        maps = SeparableMaps.of(device, size, LineMaps.accumulated(size,
                IntStream.range(0, steps).mapToObj(i -> schedule.map(i, size)).toList()));
    }

    @Override
    public int steps() {
        return steps;
    }

    @Override
    public Tensor degrade(Tensor x, Tensor level) {
        LevelTable.require("this change of resolution", x, level, maps.size(), 0);
        return maps.apply(x, level);
    }
}
