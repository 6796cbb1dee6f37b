package anneal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.AdamWSpec;
import anneal.model.TrunkConfig;
import anneal.model.UNet;
import anneal.model.UNetConfig;
import anneal.nn.ParameterArena;
import anneal.tensor.Device;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import anneal.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training steps in planned memory, poisoned, give the bits of steps on the pool. */
class RepeatedTrainingTest {
    private static final int SIZE = 8;
    private static final AdamWSpec SPEC = new AdamWSpec(0.9, 0.999, 1e-8, 0.01);
    /** The smaller ones differ from the plan, the three in a row until they have one of their own. */
    private static final int[] BATCHES = {3, 3, 3, 2, 3, 3, 1, 1, 1, 1, 3, 3};

    private static UNet unet() {
        var trunk = TrunkConfig.builder(SIZE, 2, 32).channelMult(1, 2).attentionAtPixels(SIZE / 2)
                .numHeadChannels(32).useScaleShiftNorm(true).resblockUpdown(true).build();
        return new UNetConfig(trunk, false).build();
    }

    /** The weights after the steps; {@code replayed} hears which of them went by a plan. */
    private static double[] train(String name, boolean planned, List<Boolean> replayed) {
        try (Device device = Devices.open(name, new DeviceOptions(2, true, false))) {
            var unet = unet();
            try (var arena = ParameterArena.forTraining(device, unet, 1); var steps = device.repeatedStep()) {
                arena.initialise(4);
                try (var optimizer = new AdamW(arena, SPEC, 0.99)) {
                    var step = new TrainStep(arena, optimizer, 1);
                    var random = new Random(9);
                    long live = device.memory().liveBytes();
                    for (int s = 0; s < BATCHES.length; s++) {
                        var part = part(device, unet, random, BATCHES[s]);
                        if (planned) {
                            try (var one = steps.begin()) {
                                step.run(1e-3, s + 1, List.of(part));
                                replayed.add(steps.isReplaying());
                            }
                        } else {
                            try (var one = device.scope()) {
                                step.run(1e-3, s + 1, List.of(part));
                            }
                        }
                        assertEquals(live, device.memory().liveBytes());
                    }
                    return arena.values().flat().toDoubles();
                }
            }
        }
    }

    private static MicroBatch part(Device device, UNet unet, Random random, int n) {
        double[] images = random.doubles((long) n * SIZE * SIZE * 2, -1, 1).toArray();
        return new MicroBatch(() -> {
            var x = device.of(images, n, SIZE, SIZE, 2);
            var losses = new LinkedHashMap<String, Tensor>();
            var t = device.of(new double[n], n);
            losses.put(MicroBatch.LOSS, unet.forward(x, t, null).sub(x).square().meanPerSample());
            return losses;
        }, null, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void plannedMemoryChangesNoBit(String name) {
        var replayed = new ArrayList<Boolean>();
        double[] planned = train(name, true, replayed);
        for (double w : planned) {
            assertTrue(Double.isFinite(w), "memory that was freed, or never written, is not a number here");
        }
        assertArrayEquals(train(name, false, null), planned);
        assertEquals(List.of(false, true, true, false, true, true, false, false, false, true, false, false), replayed);
    }
}
