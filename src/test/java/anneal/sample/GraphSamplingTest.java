package anneal.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.diffusion.BetaSchedule;
import anneal.diffusion.DdpmSampler;
import anneal.diffusion.DiffusionConfig;
import anneal.diffusion.GaussianDiffusion;
import anneal.diffusion.LossType;
import anneal.diffusion.MeanType;
import anneal.diffusion.PhiloxNoise;
import anneal.diffusion.SamplerLoop;
import anneal.diffusion.VarianceType;
import anneal.diffusion.XstartFilter;
import anneal.diffusion.cold.BlurSchedule;
import anneal.diffusion.cold.ColdConfig;
import anneal.diffusion.cold.ColdLoop;
import anneal.diffusion.cold.ColdSampler;
import anneal.diffusion.cold.EightBit;
import anneal.kernel.Precision;
import anneal.kernel.Shape;
import anneal.kernel.cuda.TestedDevice;
import anneal.kernel.profile.Profile;
import anneal.tensor.Device;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import anneal.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sampling steps as graphs give the bits of sampling steps from Java. Memory is poisoned, so stale reads show. */
public class GraphSamplingTest {
    private static final int STEPS = 6;

    @BeforeEach
    void needsADevice() {
        TestedDevice.assumeAvailable();
    }

    private static Device open(Precision precision, boolean graphs) {
        return Devices.open(TestedDevice.name(), new DeviceOptions(2, true, false).with(precision).withGraphs(graphs));
    }

    /** Five images in batches of two: three walks, the last one of another shape; guided in both ways. */
    @ParameterizedTest
    @CsvSource({"ddpm, 0, FP32", "ddim, 0, FP32", "ddim, 0.7, FP32", "ddpm, 0, BF16"})
    void everyStepHasTheBitsOfOneWithoutGraphs(String sampler, double eta, Precision precision) throws IOException {
        var request = SampleRequest.of(5, 7).withLabels(List.of(0, 2, 1)).withSampler(sampler, STEPS, eta)
                .withGuidance(4, 2).withBatch(2);
        var all = new float[2][][];
        for (int graphs = 0; graphs < 2; graphs++) {
            try (var tiny = new TinySampling(open(precision, graphs == 1), TinySampling.CLASSES)) {
                all[graphs] = tiny.trajectory(request, STEPS);
            }
        }
        for (int step = 0; step < STEPS; step++) {
            assertArrayEquals(all[0][step], all[1][step], "step " + step);
        }
    }

    private static GaussianDiffusion process(Device device) {
        return new GaussianDiffusion(new DiffusionConfig(BetaSchedule.named("linear"), 100, "10", MeanType.EPSILON,
                VarianceType.FIXED_LARGE, LossType.MSE, true), device);
    }

    @Test
    void theNetworksJavaRunsInTheFirstTwoStepsOnly() {
        var called = new AtomicInteger();
        var heard = new AtomicInteger();
        try (var device = open(Precision.FP32, true)) {
            var diffusion = process(device);
            new SamplerLoop(diffusion, new DdpmSampler(), step -> heard.incrementAndGet(), () -> false).run(
                    diffusion.reverse((x, t) -> {
                        called.incrementAndGet();
                        return x.tanh();
                    }, XstartFilter.clip()), Shape.of(2, 4, 4, 1), new PhiloxNoise(device, 1, 1, 0, 1));
        }
        assertEquals(10, heard.get());
        assertEquals(2, called.get());
    }

    @Test
    void aDenoiserThatAsksTheHostIsToldInALine() {
        try (var device = open(Precision.FP32, true)) {
            var diffusion = process(device);
            var e = assertThrows(IllegalStateException.class, () -> new SamplerLoop(diffusion, new DdpmSampler()).run(
                    diffusion.reverse((x, t) -> x.mul(x.sum().item()), XstartFilter.clip()), Shape.of(1, 4, 4, 1),
                    new PhiloxNoise(device, 1, 1, 0)));
            assertTrue(e.getMessage().contains("cannot give numbers to the host"), e.getMessage());
        }
    }

    /** Of every degradation that needs no data set: Algorithm 2 on 8-bit levels and exact ones. */
    @Test
    void coldStepsHaveTheSameBits() {
        for (var cold : List.of(new ColdConfig.Inpainting(0.4, 2, 5, true, true), new ColdConfig.Snowfall(2, false, 5),
                new ColdConfig.HotNoise(5), new ColdConfig.SuperResolution("Incremental_factor_2", 2),
                new ColdConfig.LossOfColour(false, 0.9, false, 4), new ColdConfig.ColourMask(0.3, 1, true, 5),
                new ColdConfig.GaussianBlur(BlurSchedule.Routine.CONSTANT, 5, 1, 6, true))) {
            assertArrayEquals(restored(cold, false), restored(cold, true), cold.toString());
        }
    }

    private static float[] restored(ColdConfig cold, boolean graphs) {
        var called = new ArrayList<Tensor>();
        try (var device = open(Precision.FP32, graphs)) {
            var degradation = EightBit.exact(cold.on(device, 8, 3).forBatch(3, 1, 0, 0, 1));
            var noise = new PhiloxNoise(device, 5, 2, 0, 1);
            var x = noise.draw(Shape.of(2, 8, 8, 3)).clamp(-1, 1);
            var loop = new ColdLoop(degradation, (degraded, time) -> {
                called.add(degraded);
                return degraded.tanh().add(time.perSample(4).mul(0.01));
            }, ColdSampler.improved());
            var out = loop.run(x).toFloats();
            assertEquals(graphs ? Math.min(2, degradation.steps()) : degradation.steps(), called.size());
            return out;
        }
    }

    @Test
    void whatHasNoGraphsSaysSo() {
        var options = DeviceOptions.DEFAULT.withGraphs(true);
        for (var name : List.of("cpu", "reference")) {
            var e = assertThrows(IllegalArgumentException.class, () -> Devices.open(name, options));
            assertTrue(e.getMessage().contains("has no graphs"), e.getMessage());
        }
        var profiled = options.with(new Profile());
        assertThrows(IllegalArgumentException.class, () -> Devices.open(TestedDevice.name(), profiled));
    }
}
