package anneal.diffusion.cold;

import anneal.diffusion.cold.LineMaps.Padding;
import anneal.kernel.Shape;
import anneal.tensor.Device;
import anneal.tensor.MatMul;
import anneal.tensor.Select;
import anneal.tensor.Slice;
import anneal.tensor.Tensor;

/**
 * Snow that gets denser from level to level (ImageNet-C's; Bansal et al. 2022, section 4.4). This is what batches have
 * in common; {@link #falling} gives the degradation of one batch.
 */
public final class Snow {
    /** Above any flake: the clean level has no snow. */
    private static final double NO_SNOW = 1e30;
    private static final double[] LUMA = {0.299, 0.587, 0.114};

    private final Device device;
    private final int size;
    private final int steps;
    private final boolean fixedBrightness;
    private final LevelTable thresholds;
    private final LevelTable motion;
    private final LevelTable brightness;
    private final Tensor luma;

    /**
     * Lays the tables into the current scope.
     *
     * @param size            height and width of the images
     * @param steps           T
     * @param fixedBrightness whether the image is not washed out towards a winter's day as well
     */
    public Snow(Device device, SnowSeverity severity, int size, int steps, boolean fixedBrightness) {
        if (steps < 1) {
            throw new IllegalArgumentException("snow needs at least one step, got " + steps);
        }
        this.device = device;
        this.size = size;
        this.steps = steps;
        this.fixedBrightness = fixedBrightness;
        var threshold = new double[steps + 1];
        var bright = new double[steps + 1];
        var blurs = new double[steps + 1][];
        threshold[0] = NO_SNOW;
        bright[0] = 1;
        blurs[0] = LineMaps.identity(size);
        for (int i = 0; i < steps; i++) {
            threshold[i + 1] = severity.threshold().at(i, steps);
            bright[i + 1] = severity.brightness().at(i, steps);
            var taps = LineMaps.gaussian(severity.taps(), severity.motion().at(i, steps));
            blurs[i + 1] = LineMaps.convolution(size, taps, Padding.ZERO);
        }
        thresholds = LevelTable.ofNumbers(device, threshold);
        motion = LevelTable.of(device, blurs);
        brightness = LevelTable.ofNumbers(device, bright);
        luma = device.of(LUMA, LUMA.length, 1);
    }

    /** The degradation of a batch, whose flakes lie in the current scope. */
    public Falling falling(SnowFlakes flakes) {
        if (flakes.base().length != flakes.layers() * size * size || flakes.vertical().length != steps) {
            throw new IllegalArgumentException(("%d layers of snow with %d numbers for %d steps, "
                    + "but it falls on %dx%d pixels in %d steps").formatted(flakes.layers(), flakes.base().length,
                    flakes.vertical().length, size, size, steps));
        }
        return new Falling(flakes);
    }

    /** Snow on one batch. */
    public final class Falling implements Degradation {
        private final int layers;
        private final Tensor base;
        private final LevelTable vertical;
        /** Which layer is an image's own; null if all have the same. */
        private final Tensor own;

        private Falling(SnowFlakes flakes) {
            layers = flakes.layers();
            base = device.of(flakes.base(), layers, size, size);
            var rows = new double[steps + 1][layers];
            for (int i = 0; i < steps; i++) {
                for (int k = 0; k < layers; k++) {
                    rows[i + 1][k] = flakes.vertical()[i][k] ? 1 : 0;
                }
            }
            vertical = LevelTable.of(device, rows);
            own = layers == 1 ? null : device.of(LineMaps.identity(layers), layers, layers);
        }

        @Override
        public int steps() {
            return steps;
        }

        /**
         * What is added to each image, but for its other half, which is the same turned by half a circle: [N, H, W].
         */
        public Tensor layer(Tensor level) {
            int n = level.dim(0);
            var nothing = device.zeros(Shape.of(n, size, size));
            var flakes = Select.where(base.sub(thresholds.at(level, 1, 1)).less(0), nothing, base).clamp(0, 1);
            var blur = motion.at(level, size, size);
            return Select.where(isVertical(level).reshape(n, 1, 1),
                    MatMul.matmul(blur, flakes), MatMul.matmul(flakes, blur, false, true));
        }

        private Tensor isVertical(Tensor level) {
            var rows = vertical.at(level, layers);
            return layers == 1 ? rows : rows.mul(own).sum(true, 1);
        }

        @Override
        public Tensor degrade(Tensor x, Tensor level) {
            LevelTable.require("this snow", x, level, size, fixedBrightness ? 0 : LUMA.length);
            int n = x.dim(0);
            if (layers != 1 && layers != n) {
                throw new IllegalArgumentException(n + " images for " + layers + " layers of snow");
            }
            var image = x.affine(0.5, 0.5);
            var snow = layer(level);
            var both = snow.add(Slice.flip(Slice.flip(snow, 1), 2)).reshape(n, size, size, 1);
            var white = (fixedBrightness ? image : washedOut(image, level)).add(both).clamp(0, 1).affine(2, -1);
            return Levels.cleanOr(level, x, white);
        }

        /** c image + (1 - c) max(image, 1.5 grey + 0.5). */
        private Tensor washedOut(Tensor image, Tensor level) {
            var grey = MatMul.matmul(image.reshape(-1, LUMA.length), luma).reshape(image.dim(0), size, size, 1);
            var light = grey.affine(1.5, 0.5);
            var lighter = image.sub(light).relu().add(light);
            var own = brightness.at(level, 1, 1, 1);
            return image.mul(own).add(lighter.mul(own.affine(-1, 1)));
        }
    }
}
