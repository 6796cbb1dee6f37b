package anneal.sample;

import anneal.data.Pixels;
import anneal.diffusion.PhiloxNoise;
import anneal.diffusion.cold.ColdConfig;
import anneal.diffusion.cold.ColdGeneration;
import anneal.diffusion.cold.ColdLoop;
import anneal.diffusion.cold.ColdSampler;
import anneal.diffusion.cold.Degradation;
import anneal.diffusion.cold.EightBit;
import anneal.diffusion.cold.Levels;
import anneal.kernel.Shape;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Generates images by a restorer: from what could be a fully degraded image, Algorithm 2 leads to one that could have
 * been degraded (Bansal et al. 2022, section 5).
 *
 * @param start     where blur, low resolution, masks and loss of colour start from; null for the degradations whose end
 *                  is known: noise, other images, plain colours
 * @param deviation of the noise that breaks the start's symmetry; 0 for none
 */
public record ColdGenerator(Device device, RestorationModel model, ColdStart start, double deviation) {
    private static final int STREAM = 1;
    private static final int NOISE = 4;

    /** @throws IllegalArgumentException in one line, if there is a start too many or too few, or no such deviation */
    public ColdGenerator {
        if (needsStart(model.cold()) != (start != null)) {
            throw new IllegalArgumentException("generation from '%s' %s".formatted(model.cold().task(), start == null
                    ? "starts from a distribution that is fitted to degraded images: give a data set"
                    : "knows its start; it needs no data set"));
        }
        if (!(deviation >= 0 && deviation < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the noise that breaks the symmetry must have a deviation of 0 or more,"
                    + " got " + deviation);
        }
    }

    /** Whether generation has to be told what degraded images look like. */
    public static boolean needsStart(ColdConfig cold) {
        return !(cold instanceof ColdConfig.HotNoise || cold instanceof ColdConfig.ColourMask
                || cold instanceof ColdConfig.Animorphosis);
    }

    /**
     * Generates batch after batch; every sample depends on the seed and its number alone.
     *
     * @param cancelled asked before each step
     * @throws java.util.concurrent.CancellationException if {@code cancelled} said so
     */
    public void run(int count, int batch, long seed, SampleListener listener, BooleanSupplier cancelled)
            throws IOException {
        int size = model.imageSize();
        int bytes = size * size * model.channels();
        try (var scope = device.scope(); var repeated = device.repeatedStep()) {
            var source = model.cold().on(device, size, model.channels());
            for (int first = 0; first < count; first += batch) {
                int from = first;
                int[] samples = IntStream.range(first, Math.min(count, first + batch)).toArray();
                var images = new byte[samples.length * bytes];
                try (var part = device.scope()) {
                    var exact = EightBit.exact(source.forBatch(seed, STREAM, 0, samples));
                    var x = ColdGeneration.breakSymmetry(start(exact, seed, samples),
                            noise(NOISE, seed, samples), deviation);
                    var loop = new ColdLoop(exact, model.restorer(), ColdSampler.improved(),
                            step -> listener.step(from, step), cancelled, repeated);
                    Pixels.tensorToImage(loop.run(x).toFloats(), 0, images, 0, images.length);
                }
                var labels = new int[samples.length];
                Arrays.fill(labels, -1);
                listener.images(first, images, labels);
            }
        }
    }

    /** x_T. */
    private Tensor start(Degradation d, long seed, int... samples) {
        int size = model.imageSize();
        if (start == null) {
            // 0 is grey, of which nothing is left at the end but what it ends in.
            var nothing = device.of(new float[samples.length * size * size * model.channels()], samples.length, size,
                    size, model.channels());
            return d.degrade(nothing, Levels.same(device, d, d.steps(), samples.length));
        }
        var drawn = start.draw(seed, STREAM, samples);
        var vectors = device.of(drawn, samples.length, drawn.length / samples.length);
        var images = ColdGeneration.images(vectors, model.channels(), size);
        // The authors blur their plain colours, which changes nothing but roundings.
        return model.cold() instanceof ColdConfig.GaussianBlur
                ? d.degrade(images, Levels.same(device, d, d.steps(), samples.length)) : images;
    }

    private Tensor noise(int stream, long seed, int... samples) {
        return new PhiloxNoise(device, seed, stream, samples)
                .draw(Shape.of(samples.length, model.imageSize(), model.imageSize(), model.channels()));
    }
}
