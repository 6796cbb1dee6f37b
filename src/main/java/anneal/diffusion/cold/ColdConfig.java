package anneal.diffusion.cold;

import anneal.data.Datasets;
import anneal.data.ImageDataset;
import anneal.data.Pixels;
import anneal.diffusion.PhiloxNoise;
import anneal.kernel.Philox;
import anneal.kernel.Shape;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Which degradation a network restores from; travels with the weights as JSON. {@link ColdPresets} has the paper's. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ColdConfig.GaussianBlur.class, name = "blur"),
    @JsonSubTypes.Type(value = ColdConfig.Inpainting.class, name = "mask"),
    @JsonSubTypes.Type(value = ColdConfig.SuperResolution.class, name = "resolution"),
    @JsonSubTypes.Type(value = ColdConfig.Snowfall.class, name = "snow"),
    @JsonSubTypes.Type(value = ColdConfig.LossOfColour.class, name = "colour"),
    @JsonSubTypes.Type(value = ColdConfig.HotNoise.class, name = "noise"),
    @JsonSubTypes.Type(value = ColdConfig.ColourMask.class, name = "colour-mask"),
    @JsonSubTypes.Type(value = ColdConfig.Animorphosis.class, name = "mix"),
    @JsonSubTypes.Type(value = ColdConfig.OfClass.class, name = "class")
})
public sealed interface ColdConfig {
    /**
     * The degradation on a device, its tables in the current scope.
     *
     * @param size     height and width of the images
     * @param channels of the images
     * @throws IllegalArgumentException in one line, if such images cannot be degraded so
     */
    DegradationSource on(Device device, int size, int channels);

    /** The name by which people call it, and JSON does. */
    @JsonIgnore
    default String task() {
        return Arrays.stream(ColdConfig.class.getAnnotation(JsonSubTypes.class).value())
                .filter(type -> type.value() == getClass()).findFirst().orElseThrow().name();
    }

    /** One degradation for all batches, in 8 bits if {@code discrete}. */
    private static DegradationSource always(Degradation degradation, boolean discrete) {
        return DegradationSource.always(discrete ? new EightBit(degradation) : degradation);
    }

    /**
     * {@link Blur}.
     *
     * @param discrete whether the last level is the mean, and all are in 8 bits
     */
    record GaussianBlur(BlurSchedule.Routine routine, int kernelSize, double kernelStd, int steps, boolean discrete)
            implements ColdConfig {
        @Override
        public DegradationSource on(Device device, int size, int channels) {
            var schedule = new BlurSchedule(routine, kernelSize, kernelStd, steps);
            return always(Blur.of(device, schedule, size, discrete), discrete);
        }
    }

    /**
     * {@link Fade}, or {@link RandomFade}.
     *
     * @param anywhere whether each image's mask has a centre of its own
     * @param discrete whether images are in 8 bits
     */
    record Inpainting(double std, int initialMask, int steps, boolean anywhere, boolean discrete)
            implements ColdConfig {
        @Override
        public DegradationSource on(Device device, int size, int channels) {
            var schedule = new FadeSchedule(std, initialMask, steps, false);
            if (!anywhere) {
                return always(new Fade(device, schedule, size), discrete);
            }
            var masks = new RandomFade(device, schedule, size);
            return new DegradationSource(steps, (seed, stream, position, samples) -> {
                var batch = masks.draw(seed, stream, position, samples);
                return discrete ? new EightBit(batch) : batch;
            });
        }
    }

    /**
     * {@link Pixelate}.
     *
     * @param routine as {@link ResolutionSchedule#named} reads it
     */
    record SuperResolution(String routine, int steps) implements ColdConfig {
        @Override
        public DegradationSource on(Device device, int size, int channels) {
            return always(new Pixelate(device, ResolutionSchedule.named(routine, steps), size), false);
        }
    }

    /** {@link Snow}, new for every batch. */
    record Snowfall(int severity, boolean fixedBrightness, int steps) implements ColdConfig {
        @Override
        public DegradationSource on(Device device, int size, int channels) {
            var constants = SnowSeverity.of(severity);
            var snow = new Snow(device, constants, size, steps, fixedBrightness);
            return new DegradationSource(steps, (seed, stream, position, samples) ->
                    snow.falling(SnowFlakes.draw(constants, size, steps, seed, stream, position)));
        }
    }

    /** {@link Desaturation}. */
    record LossOfColour(boolean linear, double factor, boolean totalRemove, int steps) implements ColdConfig {
        @Override
        public DegradationSource on(Device device, int size, int channels) {
            if (channels != 3) {
                throw new IllegalArgumentException("only images with 3 channels can lose their colour, these have "
                        + channels);
            }
            return always(new Desaturation(device, new DesaturationSchedule(linear, factor, totalRemove, steps), false),
                    false);
        }
    }

    /** {@link Blend} with Gaussian noise. */
    record HotNoise(int steps) implements ColdConfig {
        @Override
        public DegradationSource on(Device device, int size, int channels) {
            var blend = Blend.cosine(device, steps);
            return new DegradationSource(steps, (seed, stream, position, samples) -> {
                var noise = new PhiloxNoise(device, seed, stream, samples);
                noise.seek(position);
                return blend.towards(noise.draw(Shape.of(samples.length, size, size, channels)));
            });
        }
    }

    /** {@link ColourFade}: each image ends in a plain colour of its own, uniform in -0.5..0.5. */
    record ColourMask(double std, int initialMask, boolean reverse, int steps) implements ColdConfig {
        private static final double RANGE = 0.5;

        @Override
        public DegradationSource on(Device device, int size, int channels) {
            var fade = new ColourFade(device, new FadeSchedule(std, initialMask, steps, false), size, reverse);
            return new DegradationSource(steps, (seed, stream, position, samples) ->
                    fade.towards(colours(device, channels, seed, stream, position, samples)));
        }

        /** [N, 1, 1, channels]. */
        private static Tensor colours(Device device, int channels, long seed, int stream, int position,
                                      int... samples) {
            var values = new float[samples.length * channels];
            for (int i = 0; i < samples.length; i++) {
                var random = Philox.stream(seed, stream, samples[i], position);
                for (int c = 0; c < channels; c++) {
                    values[i * channels + c] = (float) (random.nextDouble() - RANGE);
                }
            }
            return device.of(values, samples.length, 1, 1, channels);
        }
    }

    /**
     * {@link Blend} with images of another data set, drawn at random.
     *
     * @param data as {@link Datasets#open} reads it
     */
    record Animorphosis(String data, int steps) implements ColdConfig {
        @Override
        public DegradationSource on(Device device, int size, int channels) {
            var blend = Blend.cosine(device, steps);
            try {
                var set = Datasets.open(data, size, channels);
                return new DegradationSource(steps, (seed, stream, position, samples) ->
                        blend.towards(images(device, set, seed, stream, position, samples)));
            } catch (IOException e) {
                throw new UncheckedIOException(e.getMessage(), e);
            }
        }

        /** [N, H, W, C] of the set. */
        private static Tensor images(Device device, ImageDataset set, long seed, int stream, int position,
                                     int... samples) {
            int[] drawn = Arrays.stream(samples)
                    .map(i -> Philox.stream(seed, stream, i, position).nextInt(set.size())).toArray();
            try {
                return device.of(Pixels.batch(set, drawn), samples.length, set.height(), set.width(), set.channels());
            } catch (IOException e) {
                throw new UncheckedIOException(e.getMessage(), e);
            }
        }
    }

    /**
     * {@link UserDegradation}.
     *
     * @param path folders of classes, or jars, to look in after the class path
     */
    record OfClass(String className, List<String> path) implements ColdConfig {
        public OfClass {
            path = path == null ? List.of() : List.copyOf(path);
        }

        @Override
        public DegradationSource on(Device device, int size, int channels) {
            return always(UserDegradation.load(className, path.stream().map(Path::of).toList(), device), false);
        }
    }
}
