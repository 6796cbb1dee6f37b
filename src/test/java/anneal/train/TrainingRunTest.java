package anneal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.data.ImageDataset;
import anneal.io.DataException;
import anneal.tensor.Device;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingRunTest {
    private static final Cadence EVERY_THREE = new Cadence(3, 2, 0);

    @TempDir
    private Path folder;

    private static Device cpu(int threads) {
        return Devices.open("cpu", DeviceOptions.threads(threads));
    }

    private static void train(Path out, TrainingConfig config, boolean resume, int threads, Cadence cadence,
                              TrainingListener listener, BooleanSupplier cancelled) throws IOException {
        ImageDataset data = new Stripes(13);
        try (Device device = cpu(threads); var directory = RunDirectory.open(out);
             var run = resume ? TrainingRun.resume(directory, config, device, data)
                     : TrainingRun.start(directory, config, device, data)) {
            run.run(cadence, listener, cancelled);
        }
    }

    private static void train(Path out, TrainingConfig config, boolean resume) throws IOException {
        train(out, config, resume, 2, EVERY_THREE, new TrainingListener() { }, () -> false);
    }

    /** Everything but the time spent. */
    private static List<String> linesWithoutTimes(Path log) throws IOException {
        return Files.readAllLines(log).stream().map(l -> l.replaceAll("\"seconds\":[^,]*,", "")).toList();
    }

    private static void assertSameRun(Path expected, Path actual) throws IOException {
        for (String file : List.of("model.safetensors", "ema-0.5.safetensors", "ema-0.9.safetensors")) {
            assertArrayEquals(Files.readAllBytes(expected.resolve(file)), Files.readAllBytes(actual.resolve(file)), file);
        }
        assertEquals(linesWithoutTimes(expected.resolve("log.jsonl")), linesWithoutTimes(actual.resolve("log.jsonl")));
    }

    @Test
    void resumedEqualsUninterruptedBitForBit() throws IOException {
        Path whole = folder.resolve("whole");
        train(whole, Recipes.unet(29), false);
        Path parts = folder.resolve("parts");
        train(parts, Recipes.unet(29).withSteps(7), false);
        train(parts, Recipes.unet(29).withSteps(22), true);
        train(parts, Recipes.unet(29), true);
        assertSameRun(whole, parts);
    }

    @Test
    void whatACrashWroteAfterTheLastCheckpointIsCutOff() throws IOException {
        Path whole = folder.resolve("whole");
        train(whole, Recipes.unet(9), false);
        Path crashed = folder.resolve("crashed");
        assertThrows(IllegalStateException.class, () -> train(crashed, Recipes.unet(9), false, 2, EVERY_THREE,
                new TrainingListener() {
                    @Override
                    public void step(int step, int total, double loss, double imagesPerSecond) {
                        if (step == 5) {
                            throw new IllegalStateException("pulled the plug");
                        }
                    }
                }, () -> false));
        Files.writeString(crashed.resolve("checkpoint-00000006.safetensors.tmp"), "half a file");
        train(crashed, Recipes.unet(9), true);
        assertSameRun(whole, crashed);
    }

    @Test
    void threadsSavesLogsAndPreviewsChangeNothing() throws IOException {
        Path quiet = folder.resolve("quiet");
        train(quiet, Recipes.unet(6), false, 1, new Cadence(0, 2, 0), new TrainingListener() { }, () -> false);
        Path busy = folder.resolve("busy");
        List<Path> pictures = new ArrayList<>();
        train(busy, Recipes.unet(6), false, 5, new Cadence(1, 2, 2), new TrainingListener() {
            @Override
            public void preview(int step, Path picture) {
                pictures.add(picture);
            }
        }, () -> false);
        assertSameRun(quiet, busy);
        assertEquals(3, pictures.size());
        assertTrue(Files.size(pictures.getFirst()) > 0);
    }

    @Test
    void aClassifierLearns() throws IOException {
        List<Map<String, Object>> lines = new ArrayList<>();
        train(folder, Recipes.classifier(180), false, 2, new Cadence(0, 60, 60), new TrainingListener() {
            @Override
            public void logged(Map<String, Object> line) {
                lines.add(line);
            }
        }, () -> false);
        double first = (double) lines.getFirst().get("loss_q0");
        double last = (double) lines.getLast().get("loss_q0");
        assertTrue(last < 0.5 * first, first + " before, " + last + " after");
        assertTrue((double) lines.getLast().get("accuracy_q0") > 0.8);
        assertTrue(Files.readAllLines(folder.resolve("log.csv")).getFirst().startsWith("step,samples,seconds,lr,loss,"));
    }

    @Test
    void aJudgeOfCleanImagesLearns() throws IOException {
        List<Map<String, Object>> lines = new ArrayList<>();
        train(folder, Recipes.judge(240), false, 2, new Cadence(0, 60, 0), new TrainingListener() {
            @Override
            public void logged(Map<String, Object> line) {
                lines.add(line);
            }
        }, () -> false);
        assertTrue((double) lines.getLast().get("accuracy") > 0.9, lines.toString());
        assertFalse(lines.getLast().containsKey("accuracy_q1"), "there is no timestep but 0");
    }

    @Test
    void aJudgeResumesBitForBit() throws IOException {
        Path whole = folder.resolve("whole");
        train(whole, Recipes.judge(9), false);
        Path parts = folder.resolve("parts");
        train(parts, Recipes.judge(9).withSteps(4), false);
        train(parts, Recipes.judge(9), true);
        assertSameRun(whole, parts);
    }

    @Test
    void stoppingSavesAndResumingGoesOn() throws IOException {
        Path whole = folder.resolve("whole");
        train(whole, Recipes.unet(8), false);
        Path stopped = folder.resolve("stopped");
        int[] asked = {0};
        train(stopped, Recipes.unet(8), false, 2, EVERY_THREE, new TrainingListener() { }, () -> asked[0]++ == 5);
        assertTrue(Files.exists(stopped.resolve("checkpoint-00000005.safetensors")));
        train(stopped, Recipes.unet(8), true);
        assertSameRun(whole, stopped);
    }

    @Test
    void aLossThatIsNoNumberStopsAndNamesTheLastGoodCheckpoint() throws IOException {
        var wild = Recipes.unet(50);
        var o = wild.optimization();
        var config = wild.withOptimization(new OptimizationConfig(50, o.batch(), 0, 1e30, 0, 0, 0, List.of(), 0,
                "uniform", false, 1));
        var e = assertThrows(TrainingDiverged.class, () -> train(folder, config, false, 2, new Cadence(1, 1, 0),
                new TrainingListener() { }, () -> false));
        assertTrue(e.getMessage().matches("step \\d+: the loss is .*; the last good checkpoint is .*checkpoint-0000000\\d"
                + "\\.safetensors"), e.getMessage());
    }

    @Test
    void refusalsNameWhatIsWrong() throws IOException {
        train(folder, Recipes.unet(1), false);
        assertMessage("holds a run already", () -> train(folder, Recipes.unet(1), false));
        assertMessage("holds no run to resume", () -> train(folder.resolve("none"), Recipes.unet(1), true));
        assertMessage("classifier", () -> train(folder, Recipes.classifier(1), true));
        try (var held = RunDirectory.open(folder)) {
            assertMessage("this process is training here", () -> train(folder, Recipes.unet(2), true));
        }
        Files.write(folder.resolve("checkpoint-00000001.safetensors"), new byte[] {1, 2, 3});
        assertMessage("checkpoint-00000001", () -> train(folder, Recipes.unet(2), true));
    }

    private interface Attempt {
        void run() throws IOException;
    }

    private static void assertMessage(String part, Attempt attempt) {
        var e = assertThrows(DataException.class, attempt::run);
        assertTrue(e.getMessage().contains(part), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }

    @Test
    void memoryDoesNotGrowWithSteps() throws IOException {
        List<Long> live = new ArrayList<>();
        ImageDataset data = new Stripes(13);
        try (Device device = cpu(2); var directory = RunDirectory.open(folder);
             var run = TrainingRun.start(directory, Recipes.unet(200), device, data)) {
            run.run(new Cadence(0, 0, 0), new TrainingListener() {
                @Override
                public void step(int step, int total, double loss, double imagesPerSecond) {
                    if (step == 20 || step == 200) {
                        live.add(device.memory().liveBytes());
                    }
                }
            }, () -> false);
        }
        assertEquals(live.getFirst(), live.getLast());
    }
}
