package anneal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.diffusion.cold.BlurSchedule;
import anneal.diffusion.cold.ColdConfig;
import anneal.kernel.Precision;
import anneal.kernel.cuda.CudaBackend;
import anneal.kernel.cuda.TestedDevice;
import anneal.model.TrunkConfig;
import anneal.model.UNetConfig;
import anneal.tensor.Device;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Training steps as graphs leave the files of training steps from Java, bit for bit. Memory is poisoned. */
class GraphTrainingTest {
    private static final int STEPS = 6;

    @TempDir
    private Path folder;

    private static Device open(Precision precision, boolean graphs) {
        TestedDevice.assumeAvailable();
        return Devices.open(TestedDevice.name(), new DeviceOptions(2, true, false).with(precision).withGraphs(graphs));
    }

    private static void train(Path out, TrainingConfig config, Precision precision, boolean graphs, boolean resume)
            throws IOException {
        var data = new Stripes(13);
        try (var device = open(precision, graphs); var directory = RunDirectory.open(out);
                var run = resume ? TrainingRun.resume(directory, config, device, data)
                        : TrainingRun.start(directory, config, device, data)) {
            int first = run.step();
            var launched = new ArrayList<Long>();
            assertTrue(run.run(new Cadence(5, 3, 4), new TrainingListener() {
                @Override
                public void step(int step, int total, double loss, double imagesPerSecond) {
                    launched.add(((CudaBackend) device.backend()).graphLaunches());
                }
            }, () -> false));
            // From the second step on, each is a launch; previews between them launch graphs of their own.
            for (int i = 0; i < launched.size(); i++) {
                assertTrue(graphs ? launched.get(i) >= i : launched.get(i) == 0, "after step " + (first + i + 1));
            }
        }
    }

    private static TrainingConfig restorer(ColdConfig cold, int steps) {
        var trunk = TrunkConfig.builder(Stripes.EXTENT, 1, 32).channelMult(1, 1).numResBlocks(1).build();
        var o = new OptimizationConfig(steps, 6, 4, 2e-3, 0, 3, 0, List.of(0.5, 0.9), 1, "uniform", false, 3);
        return TrainingConfig.of("made up", new RestorerConfig(Stripes.EXTENT, new UNetConfig(trunk, 1, false, -1, 0, false),
                cold, null, null), o);
    }

    private static ColdConfig blur() {
        return new ColdConfig.GaussianBlur(BlurSchedule.Routine.CONSTANT, 5, 1, 6, false);
    }

    static Stream<Arguments> recipes() {
        return Stream.of(Arguments.of("diffusion", Recipes.unet(STEPS), Precision.FP32),
                Arguments.of("diffusion in bf16", Recipes.unet(STEPS), Precision.BF16),
                Arguments.of("classifier", Recipes.classifier(STEPS), Precision.FP32),
                Arguments.of("judge", Recipes.judge(STEPS), Precision.FP32),
                Arguments.of("restorer", restorer(blur(), STEPS), Precision.FP32));
    }

    /** With dropout, micro-batches of unequal size, clipping, two averages, previews and saves between the steps. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("recipes")
    void theRunIsTheSame(String name, TrainingConfig config, Precision precision) throws IOException {
        train(folder.resolve("java"), config, precision, false, false);
        train(folder.resolve("graphs"), config, precision, true, false);
        RunComparison.assertSame(folder.resolve("java"), folder.resolve("graphs"));
    }

    @Test
    void resumedWithGraphsEqualsUninterruptedWithout() throws IOException {
        train(folder.resolve("java"), Recipes.unet(STEPS), Precision.FP32, false, false);
        train(folder.resolve("parts"), Recipes.unet(4), Precision.FP32, true, false);
        train(folder.resolve("parts"), Recipes.unet(STEPS), Precision.FP32, true, true);
        RunComparison.assertSame(folder.resolve("java"), folder.resolve("parts"));
    }

    @Test
    void degradationsThatAreDrawnAnewAreRefusedInALine() {
        var random = restorer(new ColdConfig.HotNoise(7), STEPS);
        var e = assertThrows(IllegalArgumentException.class,
                () -> train(folder.resolve("noise"), random, Precision.FP32, true, false));
        assertTrue(e.getMessage().contains("train without graphs"), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }
}
