package anneal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import anneal.kernel.AdamWSpec;
import anneal.nn.Linear;
import anneal.nn.ParameterArena;
import anneal.tensor.Device;
import anneal.tensor.Devices;
import anneal.tensor.Slice;
import anneal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One step on a linear layer whose gradients are known by hand. */
class TrainStepTest {
    private static final AdamWSpec SPEC = new AdamWSpec(0.9, 0.999, 1e-8, 0.1);
    private static final double[] X = {1, 2, 3, -1, 0, 2};
    private static final double[] W = {0.5, -1, 2};
    private static final double BIAS = 0.25;
    private static final double[] SAMPLE_WEIGHTS = {1, 3};

    /** A layer [1, 3] with the loss y^2 of each of two samples. */
    private static final class Fixture implements AutoCloseable {
        private final Device device;
        private final Linear layer = new Linear(3, 1);
        private final ParameterArena arena;
        private final AdamW optimizer;
        private final Tensor x;

        Fixture(String name, double... emaRates) {
            device = Devices.open(name);
            arena = ParameterArena.forTraining(device, layer, emaRates.length);
            parameter("weight").copyFrom(W);
            parameter("bias").copyFrom(new double[] {BIAS});
            arena.startEmas();
            optimizer = new AdamW(arena, SPEC, emaRates);
            x = device.of(X, 2, 3);
        }

        Tensor parameter(String name) {
            return layer.parameters().get(name).value();
        }

        double[] gradient() {
            return layer.parameters().get("weight").gradient().toDoubles();
        }

        MicroBatch part(int from, int count, double share) {
            return new MicroBatch(() -> {
                var losses = new LinkedHashMap<String, Tensor>();
                losses.put(MicroBatch.LOSS,
                        layer.forward(Slice.of(x, 0, from, 1, count)).reshape(count).square());
                return losses;
            }, Slice.of(device.of(SAMPLE_WEIGHTS, 2), 0, from, 1, count), share);
        }

        @Override
        public void close() {
            optimizer.close();
            arena.close();
            device.close();
        }
    }

    private static double y(int sample) {
        double y = BIAS;
        for (int i = 0; i < 3; i++) {
            y += W[i] * X[3 * sample + i];
        }
        return y;
    }

    /** d/dw of the weighted mean of y^2. */
    private static double[] expectedGradient() {
        var g = new double[3];
        for (int i = 0; i < 3; i++) {
            g[i] = (SAMPLE_WEIGHTS[0] * 2 * y(0) * X[i] + SAMPLE_WEIGHTS[1] * 2 * y(1) * X[3 + i]) / 2;
        }
        return g;
    }

    private static double expectedNorm() {
        double bias = (SAMPLE_WEIGHTS[0] * 2 * y(0) + SAMPLE_WEIGHTS[1] * 2 * y(1)) / 2;
        double sum = bias * bias;
        for (double g : expectedGradient()) {
            sum += g * g;
        }
        return Math.sqrt(sum);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "cpu"})
    void gradientIsThatOfTheWeightedMean(String device) {
        try (var f = new Fixture(device)) {
            var outcome = new TrainStep(f.arena, f.optimizer, 0).run(0.01, 1, List.of(f.part(0, 2, 1)));
            assertArrayEquals(expectedGradient(), f.gradient(), 1e-5);
            assertEquals(expectedNorm(), outcome.gradientNorm().item(), 1e-5);
            assertEquals(Math.sqrt(0.25 + 1 + 4 + BIAS * BIAS), outcome.parameterNorm().item(), 1e-6);
            assertArrayEquals(new double[] {y(0) * y(0), y(1) * y(1)},
                    outcome.losses().get(MicroBatch.LOSS).toDoubles(), 1e-5);
        }
    }

    @Test
    void microBatchesWithTheirSharesGiveTheWholeBatchesGradient() {
        try (var f = new Fixture("reference")) {
            var outcome = new TrainStep(f.arena, f.optimizer, 0)
                    .run(0.01, 1, List.of(f.part(0, 1, 0.5), f.part(1, 1, 0.5)));
            assertArrayEquals(expectedGradient(), f.gradient(), 1e-12);
            assertArrayEquals(new double[] {y(0) * y(0), y(1) * y(1)},
                    outcome.losses().get(MicroBatch.LOSS).toDoubles(), 1e-12);
        }
    }

    /** AdamW's first step is lr * sign(g), after the decay; the bias moves too. */
    @Test
    void updatesParametersThenAverages() {
        try (var f = new Fixture("reference", 0.9, 0)) {
            new TrainStep(f.arena, f.optimizer, 0).run(0.01, 1, List.of(f.part(0, 2, 1)));
            var expected = new double[3];
            var average = new double[3];
            for (int i = 0; i < 3; i++) {
                expected[i] = W[i] * (1 - 0.01 * 0.1) - 0.01 * Math.signum(expectedGradient()[i]);
                average[i] = 0.9 * W[i] + 0.1 * expected[i];
            }
            var weight = f.layer.parameters().get("weight");
            assertArrayEquals(expected, weight.value().toDoubles(), 1e-9);
            assertArrayEquals(average, f.arena.emas().get(0).of(weight).toDoubles(), 1e-9);
            assertArrayEquals(expected, f.arena.emas().get(1).of(weight).toDoubles(), 1e-9);
        }
    }

    /** Adam forgets the scale of a gradient, its first moment does not. */
    @Test
    void clippingLimitsTheGradientThatTheMomentsSee() {
        try (var f = new Fixture("reference")) {
            new TrainStep(f.arena, f.optimizer, 1).run(0.01, 1, List.of(f.part(0, 2, 1)));
            var moment = f.arena.firstMoment().flat().square().sum().sqrt().item();
            assertEquals(0.1, moment, 1e-6);
        }
        try (var f = new Fixture("reference")) {
            new TrainStep(f.arena, f.optimizer, 1e6).run(0.01, 1, List.of(f.part(0, 2, 1)));
            var moment = f.arena.firstMoment().flat().square().sum().sqrt().item();
            assertEquals(0.1 * expectedNorm(), moment, 1e-9);
        }
    }

    @Test
    void gradientsStartFromZeroEveryStepAndMemoryStaysLevel() {
        try (var f = new Fixture("reference"); var scope = f.device.scope()) {
            var step = new TrainStep(f.arena, f.optimizer, 1);
            long before = 0;
            for (int s = 1; s <= 6; s++) {
                try (var one = f.device.scope()) {
                    step.run(1e-9, s, List.of(f.part(0, 2, 1)));
                }
                assertArrayEquals(expectedGradient(), f.gradient(), 1e-6);
                long live = f.device.memory().liveBytes();
                assertEquals(s == 1 ? live : before, live);
                before = live;
            }
        }
    }

    @Test
    void refusesWhatCannotBe() {
        try (var f = new Fixture("reference")) {
            var step = new TrainStep(f.arena, f.optimizer, 0);
            assertThrows(IllegalArgumentException.class, () -> step.run(0.1, 1, List.of()));
            assertThrows(IllegalArgumentException.class, () -> new TrainStep(f.arena, f.optimizer, -1));
            assertThrows(IllegalArgumentException.class, () -> new AdamW(f.arena, SPEC, 0.9));
            assertThrows(IllegalArgumentException.class, () -> f.optimizer.step(0.1, 0, null));
            var nameless = new MicroBatch(LinkedHashMap::new, null, 1);
            assertThrows(IllegalStateException.class, () -> step.run(0.1, 1, List.of(nameless)));
        }
    }
}
