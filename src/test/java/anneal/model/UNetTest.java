package anneal.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Shape;
import anneal.kernel.cpu.CpuBackend;
import anneal.kernel.reference.ReferenceBackend;
import anneal.nn.ParameterArena;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UNetTest {
    private final Device device = new Device(new ReferenceBackend());

    @AfterEach
    void close() {
        device.close();
    }

    private double[] gradients(TrunkConfig trunk, boolean withDropout) {
        var unet = new UNetConfig(trunk, true).build();
        try (var arena = ParameterArena.forGradients(device, unet); var scope = device.scope()) {
            TinyModels.randomise(arena, 1);
            if (withDropout) {
                unet.dropout().train(5, device.ofInts(new int[] {3, 8}, 2), device.ofInts(new int[] {40}, 1));
            }
            var x = TinyModels.random(device, 2, 2, 4, 4, 1);
            try (var tape = device.tape()) {
                unet.watch(tape);
                tape.watch(x);
                var y = unet.forward(x, device.of(new double[] {3, 700.5}, 2), null);
                var dx = tape.gradientFrom(y, TinyModels.random(device, 3, 2, 4, 4, 2), x)[0].toDoubles();
                var dw = arena.gradients().flat().toDoubles();
                var both = Arrays.copyOf(dx, dx.length + dw.length);
                System.arraycopy(dw, 0, both, dx.length, dw.length);
                return both;
            }
        }
    }

    @Test
    void checkpointingChangesNoGradientEvenWithDropout() {
        for (boolean dropout : new boolean[] {false, true}) {
            var plain = TinyModels.trunk().dropout(0.3).useScaleShiftNorm(true).resblockUpdown(true);
            var kept = gradients(plain.build(), dropout);
            assertTrue(Arrays.stream(kept).anyMatch(g -> g != 0));
            assertArrayEquals(kept, gradients(plain.useCheckpoint(true).build(), dropout), 1e-13);
        }
    }

    @Test
    void dropoutIsOnInTrainingOnly() {
        var trunk = TinyModels.trunk().dropout(0.3).build();
        var without = TinyModels.trunk().build();
        assertArrayEquals(gradients(without, true), gradients(trunk, false));
        assertFalse(Arrays.equals(gradients(without, true), gradients(trunk, true)));
    }

    @Test
    void backwardMatchesDifferencesWithRescaledResiduals() {
        var config = new UNetConfig(TinyModels.trunk().rescaleResidual(true).build(), 1, false, -1, 3, true);
        var unet = config.build();
        try (var arena = ParameterArena.forGradients(device, unet)) {
            TinyModels.randomise(arena, 4);
            var x = TinyModels.random(device, 5, 1, 4, 4, 1);
            var weight = unet.parameters().get("middle_block.0.in_layers.2.weight");
            try (var tape = device.tape()) {
                unet.watch(tape);
                tape.backward(loss(unet, x));
            }
            double got = weight.gradient().toDoubles()[7];
            double step = 1e-5;
            double expected = (shifted(unet, x, step) - shifted(unet, x, -step)) / (2 * step);
            assertEquals(expected, got, 1e-8 * Math.abs(got) + 1e-9);
        }
    }

    private double shifted(UNet unet, Tensor x, double by) {
        var value = unet.parameters().get("middle_block.0.in_layers.2.weight").value();
        var old = value.toDoubles();
        var changed = old.clone();
        changed[7] += by;
        value.copyFrom(changed);
        double loss = loss(unet, x).item();
        value.copyFrom(old);
        return loss;
    }

    private Tensor loss(UNet unet, Tensor x) {
        return unet.forward(x, device.of(new double[] {20}, 1), device.ofInts(new int[] {3}, 1)).square().sum();
    }

    @Test
    void aFreshNetworkPredictsZero() {
        var unet = new UNetConfig(TinyModels.trunk().build(), false).build();
        try (var arena = ParameterArena.forInference(device, unet)) {
            arena.initialise(11);
            var y = unet.forward(TinyModels.random(device, 6, 2, 8, 4, 1), device.of(new double[] {1, 2}, 2), null);
            assertEquals(Shape.of(2, 8, 4, 1), y.shape());
            assertTrue(Arrays.stream(y.toDoubles()).allMatch(v -> v == 0));
        }
    }

    @Test
    void wrongInputsAreNamed() {
        var unet = new UNetConfig(TinyModels.trunk().build(), false).build();
        try (var arena = ParameterArena.forInference(device, unet)) {
            var t = device.of(new double[] {1}, 1);
            refused("5x4", () -> unet.forward(device.zeros(Shape.of(1, 5, 4, 1)), t, null));
            refused("[N, H, W, 1]", () -> unet.forward(device.zeros(Shape.of(1, 4, 4, 2)), t, null));
            refused("unconditional", () -> unet.forward(device.zeros(Shape.of(1, 4, 4, 1)), t,
                    device.ofInts(new int[] {0}, 1)));
        }
        assertThrows(IllegalStateException.class,
                () -> unet.forward(device.zeros(Shape.of(1, 4, 4, 1)), device.of(new double[] {1}, 1), null));
    }

    private static void refused(String reason, Runnable call) {
        var e = assertThrows(IllegalArgumentException.class, call::run);
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    @Test
    void memoryDoesNotGrowWithTheSteps() {
        memory(device);
        try (var cpu = new Device(new CpuBackend())) {
            memory(cpu);
        }
    }

    private static void memory(Device device) {
        var trunk = TinyModels.trunk().useScaleShiftNorm(true).resblockUpdown(true).build();
        var unet = new UNetConfig(trunk, false).build();
        try (var arena = ParameterArena.forTraining(device, unet, 2)) {
            arena.initialise(1);
            steps(device, unet, 20);
            var after20 = device.memory();
            steps(device, unet, 180);
            assertEquals(after20, device.memory());
        }
        assertEquals(0, device.memory().liveBytes());
    }

    private static void steps(Device device, UNet unet, int count) {
        for (int i = 0; i < count; i++) {
            try (var scope = device.scope(); var tape = device.tape()) {
                unet.watch(tape);
                var y = unet.forward(TinyModels.random(device, i, 1, 4, 4, 1), device.of(new double[] {i}, 1), null);
                tape.backward(y.square().mean());
            }
        }
    }
}
