package anneal.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.cpu.CpuBackend;
import anneal.kernel.cpu.CpuOptions;
import anneal.nn.ParameterArena;
import anneal.tensor.Device;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A network's bits depend on its inputs alone: not on the number of threads, nor on what else is in the batch. */
class UNetDeterminismTest {
    private static final int SAMPLES = 3;
    private static final int SIZE = 8;
    private static final int PIXELS = SIZE * SIZE * 3;

    private static UNet unet() {
        var trunk = TrunkConfig.builder(SIZE, 3, 32).channelMult(1, 2).attentionAtPixels(SIZE, SIZE / 2)
                .numHeadChannels(32).useScaleShiftNorm(true).resblockUpdown(true).build();
        return new UNetConfig(trunk, 3, false, -1, 4, true).build();
    }

    private static double[] images() {
        return new Random(1).doubles(SAMPLES * PIXELS, -1, 1).toArray();
    }

    /** The output for samples from .. to-1, then, if asked for, every gradient of the sum of its squares. */
    private static float[] run(int threads, int from, int to, boolean backward) {
        try (var device = new Device(new CpuBackend(new CpuOptions(threads, true, false)))) {
            var unet = unet();
            try (var arena = ParameterArena.forGradients(device, unet); var tape = device.tape()) {
                TinyModels.randomise(arena, 2);
                unet.watch(tape);
                int n = to - from;
                var x = device.of(Arrays.copyOfRange(images(), from * PIXELS, to * PIXELS), n, SIZE, SIZE, 3);
                var t = device.of(Arrays.copyOfRange(new double[] {3, 250, 999}, from, to), n);
                var y = unet.forward(x, t, device.ofInts(Arrays.copyOfRange(new int[] {0, 4, 2}, from, to), n));
                if (!backward) {
                    return y.toFloats();
                }
                tape.backward(y.square().sum());
                return arena.gradients().flat().toFloats();
            }
        }
    }

    @Test
    void threadsDoNotMatter() {
        for (boolean backward : new boolean[] {false, true}) {
            var one = run(1, 0, SAMPLES, backward);
            for (float v : one) {
                assertTrue(Float.isFinite(v), "memory that was never written, or freed, is NaN here");
            }
            assertArrayEquals(one, run(2, 0, SAMPLES, backward));
            assertArrayEquals(one, run(5, 0, SAMPLES, backward));
        }
    }

    @Test
    void theBatchDoesNotMatter() {
        var together = run(2, 0, SAMPLES, false);
        for (int i = 0; i < SAMPLES; i++) {
            assertArrayEquals(Arrays.copyOfRange(together, i * PIXELS, (i + 1) * PIXELS), run(2, i, i + 1, false));
        }
    }
}
