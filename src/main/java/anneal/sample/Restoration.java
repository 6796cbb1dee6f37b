package anneal.sample;

import anneal.diffusion.SamplingStep;
import anneal.diffusion.cold.ColdLoop;
import anneal.diffusion.cold.ColdSampler;
import anneal.diffusion.cold.Degradation;
import anneal.diffusion.cold.EightBit;
import anneal.diffusion.cold.Levels;
import anneal.metric.ImageSimilarity;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
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
     * What to restore, and how.
     *
     * @param images    [N, H, W, C] in -1..1
     * @param level     to degrade to; 0 for the worst
     * @param seed      of the degradation's random parts, which depend on it, on the group and on an image's place
     * @param group     number of this batch among others
     * @param wanted    among the last three stages
     */
    public record Request(float[] images, int level, long seed, int group, Iterable<Stage> wanted) {
    }

    /** Hears of an algorithm's steps. The tensors are gone when the callback returns. */
    @FunctionalInterface
    public interface Listener {
        void step(Stage stage, SamplingStep step);
    }

    /**
     * @param level    that was restored from
     * @param size     height and width of the images
     * @param channels of the images
     * @param images   of each stage that was asked for, [N, H, W, C] in -1..1
     */
    public record Result(int level, int size, int channels, Map<Stage, float[]> images) {
        /** How much a stage resembles the originals, in pixels of 0..1. */
        public ImageSimilarity similarity(Stage stage) {
            return new ImageSimilarity(planes(images.get(stage)), planes(images.get(Stage.ORIGINAL)), channels, size,
                    size);
        }

        private double[] planes(float... nhwc) {
            int pixels = size * size;
            var out = new double[nhwc.length];
            for (int i = 0; i < out.length; i++) {
                int image = i / (pixels * channels);
                int place = i / channels % pixels;
                out[(image * channels + i % channels) * pixels + place] = (nhwc[i] + 1.0) / 2;
            }
            return out;
        }
    }

    /**
     * Restores a batch.
     *
     * @param cancelled asked before each step
     * @throws IllegalArgumentException in one line, if there is no such level
     */
    public Result run(Request request, Listener listener, BooleanSupplier cancelled) {
        int size = model.imageSize();
        int n = request.images.length / (size * size * model.channels());
        var made = new EnumMap<Stage, float[]>(Stage.class);
        try (var scope = device.scope()) {
            var source = model.cold().on(device, size, model.channels());
            var d = source.forBatch(request.seed, RANDOM_PARTS, request.group, IntStream.range(0, n).toArray());
            int from = request.level == 0 ? d.steps() : request.level;
            var x = device.of(request.images, n, size, size, model.channels());
            var degraded = d.degrade(x, Levels.same(device, d, from, n));
            var exact = EightBit.exact(d);
            made.put(Stage.ORIGINAL, request.images.clone());
            made.put(Stage.DEGRADED, degraded.toFloats());
            for (var stage : request.wanted) {
                try (var one = device.scope()) {
                    made.put(stage, restored(stage, exact, degraded, from, listener, cancelled).toFloats());
                }
            }
            return new Result(from, size, model.channels(), made);
        }
    }

    private Tensor restored(Stage stage, Degradation d, Tensor degraded, int level, Listener listener,
                            BooleanSupplier cancelled) {
        var sampler = stage == Stage.ALGORITHM_1 ? ColdSampler.naive() : ColdSampler.improved();
        var loop = new ColdLoop(d, model.restorer(), sampler, step -> listener.step(stage, step), cancelled, null);
        return switch (stage) {
            case DIRECT -> loop.direct(degraded, level);
            case ALGORITHM_1, ALGORITHM_2 -> loop.run(degraded, level);
            default -> throw new IllegalArgumentException(stage + " is not restored");
        };
    }
}
