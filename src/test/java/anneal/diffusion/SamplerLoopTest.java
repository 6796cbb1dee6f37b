package anneal.diffusion;

import static anneal.diffusion.BetaScheduleTest.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Shape;
import anneal.tensor.Device;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import anneal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerLoopTest {
    private static final DiffusionConfig CONFIG = new DiffusionConfig(new BetaSchedule.DdpmLinear(), 100, "ddim10",
            MeanType.EPSILON, VarianceType.FIXED_LARGE, LossType.MSE, true);

    private static Device open(String name) {
        return Devices.open(name, new DeviceOptions(2, true, false));
    }

    /** Something non-linear that looks at its timestep. */
    private static Tensor denoise(Tensor x, Tensor timesteps) {
        return x.tanh().mul(timesteps.affine(1e-3, 0.5).perSample(x.rank()));
    }

    private static Tensor sample(GaussianDiffusion d, int... samples) {
        var noise = new PhiloxNoise(d.device(), 11, 3, samples);
        return new SamplerLoop(d, new DdpmSampler()).run(
                d.reverse(SamplerLoopTest::denoise, XstartFilter.clip()), Shape.of(samples.length, 5, 7, 3), noise);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "cpu"})
    void aSampleDoesNotDependOnItsBatch(String name) {
        try (var device = open(name)) {
            var d = new GaussianDiffusion(CONFIG, device);
            var together = sample(d, 4, 0, 2);
            Check.bits(together.slice(0, 0, 1), sample(d, 4));
            Check.bits(together.slice(0, 1, 3), sample(d, 0, 2));
            Check.bits(together, sample(d, 4, 0, 2));
        }
    }

    @Test
    void theListenerHearsEveryStepAndNothingGrows() {
        try (var device = open("reference")) {
            var d = new GaussianDiffusion(CONFIG, device);
            var steps = new ArrayList<SamplingStep>();
            var live = new ArrayList<Long>();
            Consumer<SamplingStep> listener = step -> {
                steps.add(step);
                live.add(device.memory().liveBytes());
                assertTrue(Double.isFinite(step.x().sum().item() + step.predXstart().sum().item()));
            };
            long before = device.memory().liveBytes();
            try (var scope = device.scope()) {
                var loop = new SamplerLoop(d, new DdimSampler(0), listener, () -> false);
                loop.run(d.reverse(SamplerLoopTest::denoise, XstartFilter.clip()), Shape.of(1, 4, 4, 1),
                        new PhiloxNoise(device, 1, 1, 0));
            }
            assertEquals(before, device.memory().liveBytes());
            assertEquals(List.of(9, 8, 7, 6, 5, 4, 3, 2, 1, 0), steps.stream().map(SamplingStep::timestep).toList());
            assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), steps.stream().map(SamplingStep::index).toList());
            assertEquals(900, steps.getFirst().modelTimestep());
            assertEquals(10, steps.getFirst().total());
            assertEquals(1, live.stream().distinct().count(), live.toString());
        }
    }

    @Test
    void cancellingStopsBeforeTheNextStepAndFreesEverything() {
        try (var device = open("reference")) {
            var d = new GaussianDiffusion(CONFIG, device);
            var heard = new ArrayList<Integer>();
            var noise = new PhiloxNoise(device, 1, 1, 0);
            long before = device.memory().liveBytes();
            var loop = new SamplerLoop(d, new DdpmSampler(), step -> heard.add(step.index()), () -> heard.size() == 3);
            var stopped = assertThrows(CancellationException.class, () -> loop.run(
                    d.reverse(SamplerLoopTest::denoise, XstartFilter.none()), Shape.of(1, 4, 4, 1), noise));
            assertEquals("sampling was stopped after 3 of 10 steps", stopped.getMessage());
            assertEquals(List.of(0, 1, 2), heard);
            assertEquals(before, device.memory().liveBytes());
        }
    }

    @Test
    void theStartIsLeftAlone() {
        try (var device = open("reference")) {
            var d = new GaussianDiffusion(CONFIG, device);
            var start = Check.normal(device, 1, 2, 3, 3, 1);
            var values = start.toDoubles();
            new SamplerLoop(d, new DdpmSampler()).run(d.reverse(SamplerLoopTest::denoise, XstartFilter.clip()), start,
                    new PhiloxNoise(device, 1, 1, 0, 1));
            assertArrayEquals(values, start.toDoubles());
        }
    }

    @Test
    void noiseThatDoesNotFitIsRefused() {
        try (var device = open("reference")) {
            var recorded = new RecordedNoise(Check.normal(device, 1, 3, 2, 4));
            assertMessage("draw 3 was asked for, 3 are recorded", () -> recorded.seek(3));
            assertMessage("recorded is [2, 4]", () -> recorded.draw(Shape.of(2, 5)));
            var philox = new PhiloxNoise(device, 1, 1, 0, 1);
            assertMessage("noise for 2 samples", () -> philox.draw(Shape.of(3, 4)));
            assertThrows(IllegalStateException.class, () -> NoiseSource.none().draw(Shape.of(1)));
        }
    }
}
