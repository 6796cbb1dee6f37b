package anneal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.DataException;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each state in which a killed process, or a disk that lies, can leave a run, made by hand; then it is resumed. */
class CrashWindowsTest {
    private static final int STEPS = 9;
    private static final Cadence CADENCE = new Cadence(3, 2, 0);
    private static final String OLDER = "checkpoint-00000003.safetensors";
    private static final String NEWER = "checkpoint-00000006.safetensors";

    /** Every test starts from copies of these. */
    @TempDir
    private static Path shared;
    private static Path whole;
    private static Path cut;

    @TempDir
    private Path folder;
    private Path run;

    /** One run to its end, and one that broke off at step 8: checkpoints of steps 3 and 6, lines up to step 8. */
    @BeforeAll
    static void train() throws IOException {
        whole = shared.resolve("whole");
        train(whole, false, new TrainingListener() { });
        cut = shared.resolve("cut");
        assertThrows(IllegalStateException.class, () -> train(cut, false, new TrainingListener() {
            @Override
            public void logged(Map<String, Object> line) {
                if ((int) line.get("step") == 8) {
                    throw new IllegalStateException("pulled the plug");
                }
            }
        }));
        assertEquals(List.of(OLDER, NEWER), RunComparison.checkpoints(cut));
        assertEquals(4, RunComparison.jsonLines(cut).size());
    }

    private static List<String> train(Path out, boolean resume, TrainingListener listener) throws IOException {
        try (var device = Devices.open("cpu", DeviceOptions.threads(2)); var directory = RunDirectory.open(out);
             var training = resume ? TrainingRun.resume(directory, Recipes.unet(STEPS), device, new Stripes(13))
                     : TrainingRun.start(directory, Recipes.unet(STEPS), device, new Stripes(13))) {
            training.run(CADENCE, listener, () -> false);
            return training.warnings();
        }
    }

    private static List<String> resume(Path out) throws IOException {
        return train(out, true, new TrainingListener() { });
    }

    @BeforeEach
    void copy() throws IOException {
        run = Files.createDirectory(folder.resolve("run"));
        try (var files = Files.list(cut)) {
            for (Path file : files.toList()) {
                Files.copy(file, run.resolve(file.getFileName()));
            }
        }
    }

    private void assertResumesLikeTheWhole() throws IOException {
        assertEquals(List.of(), resume(run));
        RunComparison.assertSame(whole, run);
    }

    private void append(String file, String text) throws IOException {
        Files.writeString(run.resolve(file), text, StandardOpenOption.APPEND);
    }

    @Test
    void betweenTheCheckpointAndTheModelFiles() throws IOException {
        Files.delete(run.resolve("ema-0.9.safetensors"));
        Files.write(run.resolve("model.safetensors"), new byte[0]);
        assertResumesLikeTheWhole();
    }

    @Test
    void betweenTheLastCheckpointOfAllAndTheModelFiles() throws IOException {
        resume(run);
        Files.delete(run.resolve("model.safetensors"));
        Files.delete(run.resolve("ema-0.5.safetensors"));
        assertResumesLikeTheWhole();
    }

    @Test
    void inTheMiddleOfALine() throws IOException {
        append("log.jsonl", "{\"step\":10,\"sam");
        append("log.csv", "10,6");
        assertResumesLikeTheWhole();
    }

    @Test
    void betweenTheLinesOfTheTwoLogs() throws IOException {
        append("log.jsonl", "{\"step\":10}\n");
        assertResumesLikeTheWhole();
    }

    @Test
    void inTheMiddleOfASave() throws IOException {
        for (String target : List.of("checkpoint-00000009.safetensors", "ema-0.9.safetensors", "config.json")) {
            Files.writeString(run.resolve("." + target + ".01234567-89ab-cdef-0123-456789abcdef.tmp"), "half a file");
        }
        var strange = run.resolve(".samples.png.01234567-89ab-cdef-0123-456789abcdef.tmp");
        Files.writeString(strange, "written by somebody else at this moment");
        RunDirectory.open(run).close();
        assertEquals(List.of(strange.getFileName().toString()), RunComparison.names(run, ".*.tmp"));
        Files.delete(strange);
        assertResumesLikeTheWhole();
    }

    @Test
    void beforeTheFirstCheckpoint() throws IOException {
        Files.delete(run.resolve(OLDER));
        Files.delete(run.resolve(NEWER));
        assertResumesLikeTheWhole();
    }

    @Test
    void beforeTheConfigWasWritten() throws IOException {
        Path begun = Files.createDirectory(folder.resolve("begun"));
        Files.createFile(begun.resolve("log.jsonl"));
        Files.writeString(begun.resolve("log.csv"), "step,sam");
        train(begun, false, new TrainingListener() { });
        RunComparison.assertSame(whole, begun);
    }

    @Test
    void aDeadProcessLeavesItsLockFile() throws IOException {
        Files.writeString(run.resolve(".lock"), "4194304000");
        assertResumesLikeTheWhole();
    }

    @Test
    void theNewestCheckpointIsTruncated() throws IOException {
        try (var file = Files.newByteChannel(run.resolve(NEWER), StandardOpenOption.WRITE)) {
            file.truncate(file.size() - 1000);
        }
        assertFallsBack();
    }

    @Test
    void theNewestCheckpointLostItsContent() throws IOException {
        byte[] bytes = Files.readAllBytes(run.resolve(NEWER));
        bytes[bytes.length - 5000] ^= 1;
        Files.write(run.resolve(NEWER), bytes);
        assertFallsBack();
    }

    @Test
    void theLogsEndBeforeTheNewestCheckpoint() throws IOException {
        try (var file = Files.newByteChannel(run.resolve("log.csv"), StandardOpenOption.WRITE)) {
            file.truncate(Files.readString(run.resolve("log.csv")).indexOf("\n4,") + 1);
        }
        assertFallsBack();
    }

    private void assertFallsBack() throws IOException {
        List<String> warnings = resume(run);
        assertEquals(1, warnings.size());
        assertTrue(warnings.getFirst().endsWith("; it was set aside as " + NEWER + ".damaged, going on from " + OLDER),
                warnings.getFirst());
        assertFalse(warnings.getFirst().contains("\n"));
        assertTrue(Files.exists(run.resolve(NEWER + ".damaged")));
        assertEquals(List.of(NEWER, "checkpoint-00000009.safetensors"), RunComparison.checkpoints(run));
        RunComparison.assertSame(whole, run);
    }

    @Test
    void noCheckpointCanBeUsedAndNothingIsChanged() throws IOException {
        Files.write(run.resolve(OLDER), new byte[] {1, 2, 3});
        Files.write(run.resolve(NEWER), new byte[3000]);
        assertRefused(NEWER, "no older checkpoint can be used either");
    }

    @Test
    void aConfigThatWasEditedDoesNotFitTheWeights() throws IOException {
        Path config = run.resolve("config.json");
        String text = Files.readString(config);
        Files.writeString(config, text.replace("\"maxGradientNorm\" : 1.0", "\"maxGradientNorm\" : 2.0"));
        var e = assertThrows(DataException.class, () -> {
            try (var device = Devices.open("cpu", DeviceOptions.threads(1)); var directory = RunDirectory.open(run)) {
                TrainingRun.resume(directory, TrainingRun.configOf(run), device, new Stripes(13)).close();
            }
        });
        assertTrue(e.getMessage().contains("optimization.maxGradientNorm: 1.0, 2.0"), e.getMessage());
        assertTrue(e.getMessage().contains(NEWER), e.getMessage());
    }

    @Test
    void aNewRunDoesNotWriteOverWhatIsLeftOfAnother() throws IOException {
        Files.delete(run.resolve("config.json"));
        var before = RunComparison.everything(run);
        var e = assertThrows(DataException.class, () -> train(run, false, new TrainingListener() { }));
        assertTrue(e.getMessage().contains("has no config.json, but holds log.jsonl"), e.getMessage());
        assertEquals(before, RunComparison.everything(run));
    }

    private void assertRefused(String... parts) throws IOException {
        var before = RunComparison.everything(run);
        var e = assertThrows(DataException.class, () -> resume(run));
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        assertEquals(before, RunComparison.everything(run));
    }
}
