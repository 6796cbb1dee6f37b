package anneal.diffusion.cold;

import static anneal.diffusion.cold.Lab.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.diffusion.SamplingStep;
import anneal.tensor.Device;
import anneal.tensor.Devices;
import anneal.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColdLoopTest {
    private static final int STEPS = 9;

    /** D(x, s) = x + s e. */
    private record Linear(Tensor e) implements Degradation {
        @Override
        public int steps() {
            return STEPS;
        }

        @Override
        public Tensor degrade(Tensor x, Tensor level) {
            return x.add(level.toFloating().perSample(4).mul(e));
        }
    }

    /** Good, bad and absurd ones. */
    private static Map<String, Restorer> restorers(Tensor clean, Tensor e) {
        var all = new LinkedHashMap<String, Restorer>();
        all.put("exact", (x, time) -> clean);
        all.put("none", (x, time) -> x);
        all.put("wrong", (x, time) -> x.mul(3).sin().mul(5).add(time.perSample(4)));
        all.put("absurd", (x, time) -> e.square().mul(-70).add(1000));
        return all;
    }

    /** Bansal et al. 2022, section 3.3: by induction, x_s = D(x_0, s) for every s, whatever the restorer says. */
    @ParameterizedTest
    @CsvSource({"reference, 1e-12", "cpu, 3e-4"})
    void algorithm2IsExactForLinearDegradationsAndAnyRestorer(String name, double tolerance) {
        try (var device = Devices.open(name)) {
            var clean = Lab.images(device, 1, 2, 5, 7, 3);
            var d = new Linear(Lab.images(device, 2, 2, 5, 7, 3));
            restorers(clean, d.e()).forEach((who, restorer) -> {
                var start = d.degrade(clean, Levels.same(device, d, STEPS, 2));
                var path = new ArrayList<Double>();
                new ColdLoop(d, restorer, ColdSampler.improved(), step -> path.add(
                        error(device, d, clean, step)), () -> false, null).run(start);
                assertEquals(STEPS, path.size());
                assertTrue(path.stream().allMatch(error -> error < tolerance), who + ": " + path);
                var naive = new ArrayList<Double>();
                new ColdLoop(d, restorer, ColdSampler.naive(), step -> naive.add(
                        error(device, d, clean, step)), () -> false, null).run(start);
                if (who.equals("exact")) {
                    assertTrue(naive.stream().allMatch(error -> error < tolerance), who + ": " + naive);
                } else {
                    assertTrue(naive.stream().allMatch(error -> error > 0.1), who + ": " + naive);
                }
            });
        }
    }

    /** ||x - D(x_0, s)|| / ||D(x_0, s)|| for the level s to which the step led. */
    private static double error(Device device, Degradation d, Tensor clean, SamplingStep step) {
        var exact = d.degrade(clean, Levels.same(device, d, step.timestep() - 1, clean.dim(0)));
        return Lab.distance(exact.toDoubles(), step.x().toDoubles());
    }

    @Test
    void bothAlgorithmsRestoreWithAPerfectRestorer() {
        try (var device = Devices.open("reference")) {
            var x = Lab.images(device, 1, 3, 16, 16, 3);
            Lab.degradations(device).forEach((name, d) -> {
                var start = d.degrade(x, Levels.same(device, d, d.steps(), 3));
                for (var sampler : List.of(ColdSampler.naive(), ColdSampler.improved())) {
                    Lab.close(x, new ColdLoop(d, (xs, time) -> x, sampler).run(start), 1e-13, name);
                }
            });
        }
    }

    @Test
    void hotDiffusionWithEstimatedNoiseFindsTheNoise() {
        try (var device = Devices.open("reference")) {
            var x = Lab.images(device, 1, 3, 4, 4, 2);
            var noise = Lab.images(device, 2, 3, 4, 4, 2);
            var blend = Blend.cosine(device, 12);
            var d = blend.towards(noise);
            var level = Levels.of(device, d, 1, 5, 12);
            Lab.close(noise, blend.estimate(d.degrade(x, level), x, level), 1e-13, "estimate");
            var start = d.degrade(x, Levels.same(device, d, 12, 3));
            Lab.close(x, new ColdLoop(d, (xs, time) -> x, ColdSampler.estimatedEnd(blend)).run(start), 1e-13, "walk");
        }
    }

    @Test
    void theListenerHearsLevelsAndWhatTheNetworkWasTold() {
        try (var device = Devices.open("cpu")) {
            var d = new NaiveFade(device, 0.1, true, 6);
            var x = Lab.images(device, 1, 2, 4, 4, 1);
            var steps = new ArrayList<SamplingStep>();
            var told = new ArrayList<Double>();
            Restorer restorer = (xs, time) -> {
                told.add(time.toDoubles()[1]);
                return xs;
            };
            var loop = new ColdLoop(d, restorer, ColdSampler.improved(), steps::add, () -> false, null);
            var before = x.toDoubles();
            long live = device.memory().liveBytes();
            try (var scope = device.scope()) {
                loop.run(x, 4);
            }
            assertEquals(live, device.memory().liveBytes());
            assertArrayEquals(before, x.toDoubles());
            assertEquals(List.of(4, 3, 2, 1), steps.stream().map(SamplingStep::timestep).toList());
            assertEquals(List.of(3.0, 2.0, 1.0, 0.0), told);
            assertEquals(told, steps.stream().map(SamplingStep::modelTimestep).toList());
            assertRefused("level 7 is out of range", () -> loop.run(x, 7));
            assertRefused("nothing to restore at level 0", () -> loop.direct(x, 0));
            loop.direct(x, 2);
            assertEquals(1.0, told.getLast());
            var stopped = new ColdLoop(d, restorer, ColdSampler.naive(), step -> { }, () -> true, null);
            assertThrows(CancellationException.class, () -> stopped.run(x));
        }
    }

    @Test
    void theAuthorsVariantsAreOneLevelOff() {
        try (var device = Devices.open("reference")) {
            var x = Lab.images(device, 1, 1, 16, 16, 3);
            var schedule = new BlurSchedule(BlurSchedule.Routine.INCREMENTAL, 3, 0.5, 4);
            var d = Blur.of(device, schedule, 16, false);
            var kernels = Blur.ofSingleKernels(device, schedule, 16);
            var r = Lab.images(device, 2, 1, 16, 16, 3);
            for (int s = 1; s <= 4; s++) {
                var level = Levels.same(device, d, s, 1);
                var lower = d.degrade(r, Levels.same(device, d, Math.max(s - 2, 0), 1));
                var low = d.degrade(r, Levels.same(device, d, s - 1, 1));
                Lab.close(lower, AuthorsVariants.laggingNaive().step(d, x, r, level), 0, "naive");
                Lab.close(x.sub(low).add(lower), AuthorsVariants.laggingImproved().step(d, x, r, level), 0, "improved");
                var wrapped = kernels.degrade(r, Levels.same(device, d, s == 1 ? 4 : s - 1, 1));
                Lab.close(wrapped, AuthorsVariants.individualNaive(kernels).step(d, x, r, level), 0, "wrapped");
                var next = s == 1 ? r : kernels.degrade(x, Levels.same(device, d, s - 1, 1));
                Lab.close(next, AuthorsVariants.individualSequential(kernels).step(d, x, r, level), 0, "sequential");
            }
        }
    }
}
