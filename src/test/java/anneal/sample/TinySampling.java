package anneal.sample;

import anneal.diffusion.BetaSchedule;
import anneal.diffusion.DiffusionConfig;
import anneal.diffusion.LossType;
import anneal.diffusion.MeanType;
import anneal.diffusion.SamplingStep;
import anneal.diffusion.VarianceType;
import anneal.kernel.cpu.CpuBackend;
import anneal.kernel.cpu.CpuOptions;
import anneal.model.ClassifierConfig;
import anneal.model.Pooling;
import anneal.model.TrunkConfig;
import anneal.model.TrunkConfigBuilder;
import anneal.model.UNetConfig;
import anneal.nn.ParameterArena;
import anneal.tensor.Device;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** The smallest model that can do everything (classes, a null class, learned variance), and a classifier: random. */
final class TinySampling implements AutoCloseable {
    static final int SIZE = 8;
    static final int CLASSES = 3;
    static final int TIMESTEPS = 50;

    private final Device device;
    private final ParameterArena modelArena;
    private final ParameterArena classifierArena;
    private final ImageSampler sampler;

    /**
     * On the cpu; freed memory is poisoned, so that a result that leans on it is not a number.
     *
     * @param classes 0 for a model without classes, and then without a null class
     */
    TinySampling(int threads, int classes) {
        this(new Device(new CpuBackend(new CpuOptions(threads, true, false))), classes);
    }

    /** On a device that is closed with this. */
    TinySampling(Device device, int classes) {
        this.device = device;
        var unet = new UNetConfig(trunk().build(), 1, true, -1, classes, classes > 0).build();
        var classifier = new ClassifierConfig(trunk().build(), CLASSES, Pooling.ATTENTION).build();
        modelArena = ParameterArena.forInference(device, unet);
        classifierArena = ParameterArena.forInference(device, classifier);
        randomise(modelArena, 1);
        randomise(classifierArena, 2);
        var process = new DiffusionConfig(BetaSchedule.named("cosine"), TIMESTEPS, "", MeanType.EPSILON,
                VarianceType.LEARNED_RANGE, LossType.RESCALED_MSE, false);
        var names = List.of("a", "b", "c").subList(0, classes);
        sampler = new ImageSampler(device, new DiffusionModel(unet, process, names), classifier);
    }

    private static TrunkConfigBuilder trunk() {
        return TrunkConfig.builder(SIZE, 1, 32).channelMult(1, 1).numResBlocks(1).attentionAtPixels(4)
                .numHeadChannels(16).resblockUpdown(true).useScaleShiftNorm(true);
    }

    /** Fresh networks are zero at their ends. */
    private static void randomise(ParameterArena arena, long seed) {
        var random = new Random(seed);
        for (var p : arena.module().parameters().values()) {
            p.value().copyFrom(random.doubles(p.shape().size(), -0.1, 0.1).toArray());
        }
    }

    Device device() {
        return device;
    }

    ImageSampler sampler() {
        return sampler;
    }

    /** x after every step, [step][sample * pixels + p]: bytes would hide small differences. */
    float[][] trajectory(SampleRequest request, int steps) throws IOException {
        int pixels = SIZE * SIZE;
        var out = new float[steps][request.count() * pixels];
        sampler.run(request, new SampleListener() {
            @Override
            public void step(int first, SamplingStep step) {
                var x = step.x().toFloats();
                System.arraycopy(x, 0, out[step.index()], first * pixels, x.length);
            }

            @Override
            public void images(int first, byte[] images, int[] labels) {
            }
        }, () -> false);
        return out;
    }

    void run(SampleRequest request, SampleListener listener, BooleanSupplier cancelled) throws IOException {
        sampler.run(request, listener, cancelled);
    }

    @Override
    public void close() {
        classifierArena.close();
        modelArena.close();
        device.close();
    }
}
