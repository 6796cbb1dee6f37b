package anneal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.SafeTensors;
import anneal.io.TensorData;
import anneal.kernel.AdamWSpec;
import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Precision;
import anneal.kernel.Shape;
import anneal.kernel.cuda.TestedDevice;
import anneal.nn.Linear;
import anneal.nn.ParameterArena;
import anneal.nn.StateDict;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where networks compute in bfloat16, training keeps float32: small updates count, a run is resumed with all bits. */
class Bf16TrainingTest {
    private static final AdamWSpec SPEC = new AdamWSpec(0.9, 0.999, 1e-8, 0);
    private static final int IN = 37;
    private static final int OUT = 5;
    private static final int STEPS = 200;
    /** Of a parameter's size, which is 1 to 2: a bfloat16 there is 1/128 from its neighbours. */
    private static final double RATE = 1e-4;

    @TempDir
    private Path folder;

    private static Device device(Precision precision) {
        return new Device(TestedDevice.open(precision));
    }

    private static Map<String, TensorData> weights() {
        var random = new Random(7);
        return Map.of("weight", TensorData.of(random.doubles(IN * OUT, 1, 2).toArray(), OUT, IN),
                "bias", TensorData.of(random.doubles(OUT, 1, 2).toArray(), OUT));
    }

    /** Of both signs, a few zeros among them. */
    private static double[] gradients(long size) {
        return new Random(8).doubles(size, -1, 1).map(g -> Math.abs(g) < 0.1 ? 0 : g).toArray();
    }

    /** The values, an average and the shadow (or null) after many small steps. */
    private record Trained(double[] values, double[] average, double[] shadow) {
    }

    private static Trained train(Precision precision) throws IOException {
        var layer = new Linear(IN, OUT);
        try (var device = device(precision); var arena = ParameterArena.forTraining(device, layer, 1);
                var optimizer = new AdamW(arena, SPEC, 0.99)) {
            StateDict.load(layer, weights());
            arena.startEmas();
            var flat = arena.gradients().flat();
            flat.copyFrom(gradients(flat.size()));
            for (int step = 1; step <= STEPS; step++) {
                optimizer.step(RATE, step, null);
            }
            return new Trained(arena.values().flat().toDoubles(), arena.emas().getFirst().flat().toDoubles(),
                    arena.shadow() == null ? null : arena.shadow().flat().toDoubles());
        }
    }

    private static double[] rounded(double... values) {
        return Arrays.stream(values).map(v -> {
            int bits = Float.floatToRawIntBits((float) v);
            return Float.intBitsToFloat(bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000);
        }).toArray();
    }

    @Test
    void smallUpdatesMoveTheValuesAsInFloat32() throws IOException {
        var exact = train(Precision.FP32);
        var bf16 = train(Precision.BF16);
        assertArrayEquals(exact.values, bf16.values, 1e-6);
        assertArrayEquals(exact.average, bf16.average, 1e-6);
        assertArrayEquals(rounded(bf16.values), bf16.shadow, "the shadow is the values, rounded");
        var before = weights().get("weight").toDoubles();
        for (int i = 0; i < before.length; i++) {
            double moved = Math.abs(bf16.values[i] - before[i]);
            assertTrue(moved < 1e-6 || Math.abs(moved - STEPS * RATE) < 1e-4, "weight " + i + " moved by " + moved);
        }
    }

    /** What the shadow and its float32 are for. */
    @Test
    void inBfloat16AloneTheSameUpdatesAreLost() {
        try (var device = device(Precision.BF16); var scope = device.scope()) {
            int n = IN * OUT;
            var values = tensor(device, rounded(weights().get("weight").toDoubles()));
            var gradients = tensor(device, gradients(n));
            var first = tensor(device, new double[n]);
            var second = tensor(device, new double[n]);
            var before = values.toDoubles();
            for (int step = 1; step <= STEPS; step++) {
                var hyper = device.of(new double[] {RATE, step, 1}, 3);
                device.kernels().adamw(SPEC, hyper.buf(), values.buf(), gradients.buf(), first.buf(), second.buf(),
                        new Buf[0]);
            }
            assertArrayEquals(before, values.toDoubles());
        }
    }

    private static Tensor tensor(Device device, double... values) {
        var t = device.empty(DType.BF16, Shape.of(values.length));
        t.copyFrom(values);
        return t;
    }

    @Test
    void theLayerComputesWithTheRoundedValues() throws IOException {
        var layer = new Linear(IN, OUT);
        try (var device = device(Precision.BF16); var arena = ParameterArena.forTraining(device, layer, 1);
                var scope = device.scope()) {
            StateDict.load(layer, weights());
            var bias = layer.parameters().get("bias");
            assertEquals(DType.BF16, bias.value().dtype());
            assertEquals(DType.F32, bias.gradient().dtype());
            var given = weights().get("bias").toDoubles();
            assertArrayEquals(rounded(given), layer.forward(device.zeros(Shape.of(1, IN)).toFloating()).toDoubles());
            assertArrayEquals(given, StateDict.values(layer).get("bias").toDoubles(), 1e-7);

            arena.emas().getFirst().of(bias).copyFrom(new double[] {1, 2, 3, 4, 5});
            arena.compute(arena.emas().getFirst());
            assertArrayEquals(new double[] {1, 2, 3, 4, 5}, bias.value().toDoubles());
            arena.compute(arena.values());
            assertArrayEquals(rounded(given), bias.value().toDoubles());
            arena.initialise(1);
            assertArrayEquals(rounded(StateDict.values(layer).get("bias").toDoubles()), bias.value().toDoubles());
        }
    }

    /** Gradients are summed in float32: a small one after a large one is not lost. */
    @Test
    void gradientsAreSummedInFloat32() {
        var layer = new Linear(1, 1);
        try (var device = device(Precision.BF16); var arena = ParameterArena.forTraining(device, layer, 0)) {
            for (double x : new double[] {256, 1.0 / 256}) {
                try (var scope = device.scope(); var tape = device.tape()) {
                    layer.watch(tape);
                    tape.backward(layer.forward(device.of(new double[] {x}, 1, 1).toFloating()).toWide().sum());
                }
            }
            assertEquals(256 + 1.0 / 256, layer.parameters().get("weight").gradient().item());
        }
    }

    private static TrainingRun open(int steps, boolean resume, RunDirectory directory, Device device)
            throws IOException {
        return resume ? TrainingRun.resume(directory, Recipes.unet(steps), device, new Stripes(13))
                : TrainingRun.start(directory, Recipes.unet(steps), device, new Stripes(13));
    }

    private void train(String name, int steps, boolean resume) throws IOException {
        try (var device = device(Precision.BF16); var directory = RunDirectory.open(folder.resolve(name));
                var run = open(steps, resume, directory, device)) {
            run.run(new Cadence(1, 0, 0), new TrainingListener() { }, () -> false);
        }
    }

    @Test
    void aResumedRunHasTheSameFloat32Bits() throws IOException {
        train("whole", 4, false);
        train("resumed", 2, false);
        train("resumed", 4, true);
        RunComparison.assertSame(folder.resolve("whole"), folder.resolve("resumed"));
        try (var file = SafeTensors.read(folder.resolve("whole")
                .resolve(RunComparison.checkpoints(folder.resolve("whole")).getLast()))) {
            for (var name : new String[] {"values", "first_moment", "second_moment", "ema.0.5"}) {
                var values = file.get(name).toDoubles();
                assertTrue(!Arrays.equals(rounded(values), values), name + " holds bfloat16 only");
            }
        }
    }
}
