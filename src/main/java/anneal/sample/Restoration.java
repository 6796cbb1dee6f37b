package anneal.sample;

import anneal.diffusion.SamplingStep;
import anneal.diffusion.cold.ColdLoop;
import anneal.diffusion.cold.ColdSampler;
import anneal.diffusion.cold.Degradation;
import anneal.diffusion.cold.Levels;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Degrades images and restores them again, in every way that the paper compares (Bansal et al. 2022, section 4). */
public record Restoration(Device device, RestorationModel model) {
    /** Philox stream of masks, snow and noise. */
    private static final int RANDOM_PARTS = 1;

    /** What one image is in turn. */
    public enum Stage {
        ORIGINAL, DEGRADED,
        /** One evaluation of the network. */
        DIRECT,
        ALGORITHM_1, ALGORITHM_2
    }

    /**
     * @param level    that was restored from
     * @param images   of each stage that was asked for, [N, H, W, C] in -1..1
     */
    public record Result(int level, Map<Stage, float[]> images) {
        /** Root of the mean squared distance from the originals, for values in 0..1. */
        public double rmse(Stage stage) {
            var original = images.get(Stage.ORIGINAL);
            var other = images.get(stage);
            double sum = 0;
            for (int i = 0; i < other.length; i++) {
                double d = (other[i] - original[i]) / 2;
                sum += d * d;
            }
            return Math.sqrt(sum / other.length);
        }
    }

    /**
     * Restores a batch.
     *
     * @param images    [N, H, W, C] in -1..1
     * @param level     to degrade to; 0 for the worst
     * @param seed      of the degradation's random parts, which depend on it and on an image's place
     * @param wanted    among the last three stages
     * @param listener  hears of the algorithms' steps
     * @param cancelled asked before each of them
     * @throws IllegalArgumentException in one line, if there is no such level
     */
    public Result run(float[] images, int level, long seed, Iterable<Stage> wanted, Consumer<SamplingStep> listener,
                      BooleanSupplier cancelled) {
        int size = model.imageSize();
        int n = images.length / (size * size * model.channels());
        var made = new EnumMap<Stage, float[]>(Stage.class);
        try (var scope = device.scope()) {
            var source = model.cold().on(device, size, model.channels());
            var d = source.forBatch(seed, RANDOM_PARTS, 0, IntStream.range(0, n).toArray());
            int from = level == 0 ? d.steps() : level;
            var x = device.of(images, n, size, size, model.channels());
            var degraded = d.degrade(x, Levels.same(device, d, from, n));
            made.put(Stage.ORIGINAL, images.clone());
            made.put(Stage.DEGRADED, degraded.toFloats());
            for (var stage : wanted) {
                try (var one = device.scope()) {
                    made.put(stage, restored(stage, d, degraded, from, listener, cancelled).toFloats());
                }
            }
            return new Result(from, made);
        }
    }

    private Tensor restored(Stage stage, Degradation d, Tensor degraded, int level, Consumer<SamplingStep> listener,
                            BooleanSupplier cancelled) {
        var sampler = stage == Stage.ALGORITHM_1 ? ColdSampler.naive() : ColdSampler.improved();
        var loop = new ColdLoop(d, model.restorer(), sampler, listener, cancelled, null);
        return switch (stage) {
            case DIRECT -> loop.direct(degraded, level);
            case ALGORITHM_1, ALGORITHM_2 -> loop.run(degraded, level);
            default -> throw new IllegalArgumentException(stage + " is not restored");
        };
    }
}
