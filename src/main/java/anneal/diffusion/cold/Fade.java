package anneal.diffusion.cold;

import anneal.tensor.Device;
import anneal.tensor.Tensor;

/**
 * Inpainting with the mask in the image's middle: level s is the image times the first s masks. Values are in -1..1, so
 * what is removed becomes grey (Bansal et al. 2022, section 4.2).
 */
public final class Fade implements Degradation {
    private final LevelTable masks;
    private final int size;
    private final int steps;

    /** @param size height and width of the images, even; the masks lie in the current scope */
    public Fade(Device device, FadeSchedule schedule, int size) {
        masks = LevelTable.of(device, schedule.products(size));
        this.size = size;
        steps = schedule.steps();
    }

    @Override
    public int steps() {
        return steps;
    }

    @Override
    public Tensor degrade(Tensor x, Tensor level) {
        LevelTable.require("this mask", x, level, size, 0);
        return x.mul(masks.at(level, size, size, 1));
    }
}
