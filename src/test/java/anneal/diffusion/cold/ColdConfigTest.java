package anneal.diffusion.cold;

import static anneal.diffusion.cold.Lab.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.Json;
import anneal.tensor.Devices;
import anneal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ColdConfigTest {
    /** With few steps and small images, so that the largest tables stay small. */
    private static List<ColdConfig> configs() {
        return List.of(new ColdConfig.GaussianBlur(BlurSchedule.Routine.CONSTANT, 5, 2, 3, true),
                new ColdConfig.Inpainting(0.1, 1, 4, true, false), new ColdConfig.Inpainting(0.1, 1, 4, false, true),
                new ColdConfig.SuperResolution("Incremental_area", 2), new ColdConfig.Snowfall(1, false, 4),
                new ColdConfig.LossOfColour(false, 0.8, true, 3), new ColdConfig.HotNoise(6),
                new ColdConfig.OfClass(UserDegradationTest.Greying.class.getName(), List.of()));
    }

    @Test
    void travelsAsJson() {
        for (var config : configs()) {
            assertEquals(config, Json.read(Json.write(config), ColdConfig.class));
        }
    }

    @Test
    void randomPartsFollowFromSeedPositionAndSample() {
        try (var device = Devices.open("cpu")) {
            var x = Lab.images(device, 1, 2, 8, 8, 3);
            var random = new ArrayList<ColdConfig>();
            for (var config : configs().subList(0, 7)) {
                var source = config.on(device, 8, 3);
                var pixels = degraded(source, 5, 9, x);
                assertArrayEquals(pixels, degraded(source, 5, 9, x), config.toString());
                if (!Arrays.equals(pixels, degraded(source, 5, 10, x))) {
                    random.add(config);
                    assertFalse(Arrays.equals(pixels, degraded(source, 6, 9, x)), config.toString());
                }
            }
            assertEquals(List.of(configs().get(1), configs().get(4), configs().get(6)), random);
        }
    }

    private static double[] degraded(DegradationSource source, long seed, int position, Tensor x) {
        var d = source.forBatch(seed, 1, position, 3, 4);
        return d.degrade(x, Levels.of(x.device(), d, 1, d.steps())).toDoubles();
    }

    @Test
    void everyPresetDegradesItsImages() {
        try (var device = Devices.open("cpu")) {
            for (var task : ColdPresets.tasks()) {
                for (var data : List.of("mnist", "cifar10")) {
                    boolean grey = data.equals("mnist");
                    if (grey && List.of("colour", "colour-mask", "noise").contains(task)) {
                        assertRefused("no settings of " + task + " for 'mnist': use one of celeba, cifar10",
                                () -> ColdPresets.named(task, data));
                        continue;
                    }
                    try (var scope = device.scope()) {
                        var x = Lab.images(device, 1, 1, 32, 32, grey ? 1 : 3);
                        var d = ColdPresets.named(task, data).on(device, 32, grey ? 1 : 3).forBatch(1, 1, 1, 0);
                        var worst = d.degrade(x, Levels.same(device, d, d.steps(), 1)).toDoubles();
                        assertTrue(Lab.distance(x.toDoubles(), worst) > 0.3, task + " of " + data);
                    }
                }
            }
            assertRefused("no degradation is called 'melt': use one of blur, blur-to-mean, colour, "
                    + "colour-mask, mask, noise, resolution, snow",
                    () -> ColdPresets.named("melt", "mnist"));
            assertRefused("only images with 3 channels can lose their colour, these have 1",
                    () -> ColdPresets.named("colour", "cifar10").on(device, 32, 1));
        }
    }
}
