package anneal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.diffusion.cold.BlurSchedule;
import anneal.diffusion.cold.ColdConfig;
import anneal.io.DataException;
import anneal.io.Json;
import anneal.model.TrunkConfig;
import anneal.model.UNetConfig;
import anneal.sample.DiffusionModel;
import anneal.tensor.Devices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training of restorers, in the run directories that all trainings have. */
class ColdTrainingTest {
    @TempDir
    private Path folder;

    private static TrainingConfig config(ColdConfig cold, int steps) {
        var trunk = TrunkConfig.builder(Stripes.EXTENT, 1, 32).channelMult(1, 1).numResBlocks(1).dropout(0.1).build();
        var unet = new UNetConfig(trunk, 1, false, -1, 0, false);
        var o = new OptimizationConfig(steps, 6, 4, 2e-3, 0, 3, 0, List.of(0.5, 0.9), 1, "uniform", false, 3);
        return TrainingConfig.of("made up", new RestorerConfig(Stripes.EXTENT, unet, cold, null, null), o);
    }

    private static List<Map<String, Object>> train(Path out, TrainingConfig config, boolean resume) throws IOException {
        var lines = new ArrayList<Map<String, Object>>();
        var data = new Stripes(13);
        try (var device = Devices.open("cpu"); var directory = RunDirectory.open(out);
                var run = resume ? TrainingRun.resume(directory, config, device, data)
                        : TrainingRun.start(directory, config, device, data)) {
            run.run(new Cadence(0, 10, 10), new TrainingListener() {
                @Override
                public void logged(Map<String, Object> line) {
                    lines.add(line);
                }
            }, () -> false);
        }
        return lines;
    }

    @Test
    void aRestorerLearns() throws IOException {
        var blur = new ColdConfig.GaussianBlur(BlurSchedule.Routine.CONSTANT, 5, 1, 6, false);
        var lines = train(folder, config(blur, 120), false);
        double first = (double) lines.getFirst().get("loss");
        double last = (double) lines.getLast().get("loss");
        assertTrue(last < 0.6 * first, first + " to " + last);
    }

    /** Masks, snow and noise are drawn by step and sample, so that it does not matter where a run was cut. */
    @Test
    void resumedEqualsUninterruptedWithRandomDegradations() throws IOException {
        var all = List.of(new ColdConfig.Inpainting(0.2, 1, 4, true, true), new ColdConfig.Snowfall(2, true, 5),
                new ColdConfig.HotNoise(7));
        for (var cold : all) {
            var name = cold.getClass().getSimpleName();
            train(folder.resolve(name), config(cold, 9), false);
            train(folder.resolve(name + " in parts"), config(cold, 4), false);
            train(folder.resolve(name + " in parts"), config(cold, 9), true);
            RunComparison.assertSame(folder.resolve(name), folder.resolve(name + " in parts"));
        }
    }

    @Test
    void theConfigTravelsAndIsHeldTo() throws IOException {
        var config = config(new ColdConfig.HotNoise(7), 2);
        assertEquals(config, Json.read(Json.write(config), TrainingConfig.class));
        train(folder, config, false);
        var other = config(new ColdConfig.HotNoise(8), 2);
        var refused = assertThrows(DataException.class, () -> train(folder, other, true));
        assertTrue(refused.getMessage().contains("restorer.degradation.steps: 7, 8"), refused.getMessage());
        try (var device = Devices.open("cpu")) {
            var open = assertThrows(DataException.class, () -> DiffusionModel.open(folder.toString(), device));
            assertTrue(open.getMessage().contains("holds a restorer of degraded images, not a diffusion model"),
                    open.getMessage());
        }
    }

    @Test
    void presetsAreRestorersOfEveryTask() {
        for (var task : List.of("blur", "mask", "resolution", "snow")) {
            for (var name : ColdRecipes.NAMES) {
                var config = ColdRecipes.named(task, name);
                assertEquals(config, Json.read(Json.write(config), TrainingConfig.class));
                try (var device = Devices.open("cpu")) {
                    assertTrue(config.restorer().degradation()
                            .on(device, config.imageSize(), config.imageChannels()).steps() > 2);
                }
            }
        }
        assertThrows(IllegalArgumentException.class, () -> ColdRecipes.named("melt", "mnist"));
        assertThrows(IllegalArgumentException.class, () -> ColdRecipes.named("blur", "no such preset"));
    }
}
