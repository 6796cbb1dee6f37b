package anneal.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.reference.ReferenceBackend;
import anneal.tensor.Device;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParameterArenaTest {
    private final Device device = new Device(new ReferenceBackend());

    @AfterEach
    void close() {
        device.close();
    }

    /** One layer of every initialiser. */
    private static final class Parts extends Module {
        private final Linear linear = child("linear", new Linear(100, 300));
        private final Conv2d conv = child("conv", new Conv2d(4, 50, 3));
        private final Conv2d zero = child("zero", Conv2d.zero(4, 5, 3));
        private final GroupNorm norm = child("norm", new GroupNorm(32));
        private final Embedding table = child("table", new Embedding(70, 99));
        private final AttentionPool2d pool = child("pool", new AttentionPool2d(7, 64, 32, 3));
    }

    @Test
    void startValuesAreThoseOfTheOriginal() {
        var parts = new Parts();
        try (var arena = ParameterArena.forInference(device, parts)) {
            arena.initialise(1);
            uniform(parts, "linear.weight", 0.1);
            uniform(parts, "linear.bias", 0.1);
            uniform(parts, "conv.weight", 1.0 / 6);
            uniform(parts, "conv.bias", 1.0 / 6);
            assertTrue(Arrays.stream(values(parts, "zero.weight")).allMatch(v -> v == 0));
            assertTrue(Arrays.stream(values(parts, "norm.weight")).allMatch(v -> v == 1));
            assertTrue(Arrays.stream(values(parts, "norm.bias")).allMatch(v -> v == 0));
            assertEquals(1, deviation(values(parts, "table.weight")), 0.03);
            assertEquals(1.0 / 8, deviation(values(parts, "pool.positional_embedding")), 0.006);
        }
    }

    private static double[] values(Module m, String name) {
        return m.parameters().get(name).value().toDoubles();
    }

    private static double deviation(double[] v) {
        return Math.sqrt(Arrays.stream(v).map(x -> x * x).average().orElseThrow());
    }

    private static void uniform(Module m, String name, double bound) {
        var v = values(m, name);
        assertTrue(Arrays.stream(v).allMatch(x -> Math.abs(x) <= bound), name);
        assertEquals(bound / Math.sqrt(3), deviation(v), bound * (v.length > 1000 ? 0.02 : 0.2), name);
    }

    @Test
    void theSeedDecides() {
        assertArrayEquals(start(5), start(5));
        assertFalse(Arrays.equals(start(5), start(6)));
    }

    private double[] start(long seed) {
        try (var arena = ParameterArena.forInference(device, new Parts())) {
            arena.initialise(seed);
            return arena.values().flat().toDoubles();
        }
    }

    @Test
    void buffersAreAlignedAndShareOffsets() {
        var parts = new Parts();
        try (var arena = ParameterArena.forTraining(device, parts, 1)) {
            for (var p : parts.parameters().values()) {
                long offset = arena.values().of(p).buf().offset();
                assertEquals(0, offset % 32);
                assertEquals(offset, arena.gradients().of(p).buf().offset());
                assertEquals(offset, arena.secondMoment().of(p).buf().offset());
                assertEquals(offset, arena.emas().get(0).of(p).buf().offset());
            }
        }
    }

    @Test
    void theModelComputesWithTheBufferItIsTold() {
        var parts = new Parts();
        try (var arena = ParameterArena.forTraining(device, parts, 1)) {
            arena.initialise(3);
            var before = values(parts, "linear.weight");
            parts.parameters().get("linear.weight").value().copyFrom(new double[before.length]);
            arena.compute(arena.emas().get(0));
            assertArrayEquals(before, values(parts, "linear.weight"));
            arena.compute(arena.values());
            assertArrayEquals(new double[before.length], values(parts, "linear.weight"));
        }
    }

    @Test
    void gradientsAreSummedAndZeroed() {
        var layer = new Linear(2, 1);
        try (var arena = ParameterArena.forGradients(device, layer)) {
            for (int i = 0; i < 2; i++) {
                try (var scope = device.scope(); var tape = device.tape()) {
                    layer.watch(tape);
                    tape.backward(layer.forward(device.of(new double[] {3, 4}, 1, 2)).sum());
                }
            }
            assertArrayEquals(new double[] {6, 8}, layer.parameters().get("weight").gradient().toDoubles());
            arena.zeroGradients();
            assertArrayEquals(new double[] {0, 0}, layer.parameters().get("weight").gradient().toDoubles());
        }
    }

    @Test
    void aModelIsInOneArenaAtATimeAndClosingFreesEverything() {
        var parts = new Parts();
        try (var arena = ParameterArena.forInference(device, parts)) {
            assertThrows(IllegalStateException.class, () -> ParameterArena.forInference(device, parts));
            assertThrows(IllegalStateException.class, arena::gradients);
        }
        assertThrows(IllegalStateException.class, () -> parts.linear.forward(null));
        assertEquals(0, device.memory().liveBytes());
    }
}
