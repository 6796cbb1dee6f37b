package anneal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.SafeTensors;
import anneal.train.RunComparison;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can go wrong around a training: each is told in one line, the exit code is 1, and nothing is damaged. */
class TrainingTroubleTest {
    private static final List<String> RECIPE = List.of("train", "--preset", "tiny", "--data", "fashion-embedded",
            "--image-size", "8", "--channel-mult", "1,1", "--attention", "4", "--res-blocks", "1", "--dropout", "0.1",
            "--batch", "2", "--schedule-sampler", "loss-second-moment", "--save-every", "2", "--log-every", "1",
            "--preview-every", "0", "--warmup", "2");
    private static final int DISK = 48;
    private static final long DEADLINE_NANOS = 120_000_000_000L;

    @TempDir
    private Path folder;
    private final StringWriter err = new StringWriter();

    private static String[] words(Path run, int steps, String... more) {
        var words = new ArrayList<>(RECIPE);
        words.addAll(List.of("--out", run.toString(), "--steps", Integer.toString(steps)));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    private int call(String... args) {
        err.getBuffer().setLength(0);
        return Main.commandLine(new Failures(args)).setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true)).execute(args);
    }

    private void succeed(String... args) {
        assertEquals(0, call(args), err::toString);
    }

    /** Fails with one line that has these parts. */
    private void fail(List<String> parts, String... args) {
        assertEquals(1, call(args), err::toString);
        var lines = err.toString().lines().toList();
        assertEquals(1, lines.stream().filter(l -> l.startsWith("anneal: ")).count(), err::toString);
        assertFalse(err.toString().contains("\tat "), err::toString);
        for (String part : parts) {
            assertTrue(lines.getLast().contains(part), () -> "no '" + part + "' in: " + err);
        }
        System.out.println(lines.getLast());
    }

    @Test
    void aDiskThatFillsUp() throws IOException {
        Path whole = folder.resolve("whole");
        succeed(words(whole, 6));
        try (var disk = SmallDisk.mount(folder.resolve("disk"), DISK)) {
            disk.fill(100);
            Path none = disk.root().resolve("none");
            fail(List.of(none.toString(), "No space left on device"), words(none, 6));
            disk.clear();

            Path run = disk.root().resolve("run");
            succeed(words(run, 2));
            var before = RunComparison.everything(run);
            disk.fill(1 << 20);
            fail(List.of("checkpoint-00000004.safetensors", "No space left on device", "training stopped at step 4",
                    "the last good checkpoint is", "checkpoint-00000002.safetensors"), words(run, 6, "--resume"));
            var after = RunComparison.everything(run);
            for (String file : List.of("checkpoint-00000002", "model", "ema-0.99", "ema-0.999")) {
                assertEquals(before.get(file + ".safetensors"), after.get(file + ".safetensors"), file);
            }
            assertEquals(List.of(), RunComparison.names(run, ".*.tmp"));
            disk.clear();
            succeed(words(run, 6, "--resume"));
            RunComparison.assertSame(whole, run);
        }
    }

    @Test
    void aFolderThatCannotBeWritten() throws IOException {
        try (var disk = SmallDisk.mount(folder.resolve("disk"), DISK)) {
            Path run = disk.root().resolve("run");
            succeed(words(run, 2));
            disk.setReadOnly(true);
            var before = RunComparison.everything(run);
            fail(List.of(run.toString(), "Read-only file system"), words(run, 4, "--resume"));
            Path fresh = disk.root().resolve("new");
            fail(List.of(fresh.toString(), "Read-only file system"), words(fresh, 4));
            fail(List.of("s.png", "Read-only file system"), "sample", "--model", run.toString(), "--count", "1",
                    "--steps", "1", "--out", run.resolve("s.png").toString());
            assertEquals(before, RunComparison.everything(run));
            disk.setReadOnly(false);
            succeed(words(run, 4, "--resume"));
        }
        Path file = Files.createFile(folder.resolve("file"));
        fail(List.of(file.toString(), "it is a file"), words(file, 1));
    }

    /** Other bits would come of it. */
    @Test
    void aRunOfAnotherPrecision() throws IOException {
        Path run = folder.resolve("run");
        succeed(words(run, 2));
        Path record = run.resolve("run.json");
        String written = Files.readString(record);
        assertTrue(written.contains("\"precision\" : \"fp32\""), written);
        Files.writeString(record, written.replace("\"fp32\"", "\"bf16\""));
        fail(List.of(run.toString(), "was begun with --precision bf16, not fp32"), words(run, 4, "--resume"));
        Files.writeString(record, written);
        succeed(words(run, 4, "--resume"));
    }

    @Test
    void aSecondProcessOnTheSameRun() throws IOException, InterruptedException {
        Path run = folder.resolve("run");
        var first = inAnotherProcess(words(run, 100_000));
        try {
            long deadline = System.nanoTime() + DEADLINE_NANOS;
            while (!Files.exists(run.resolve("checkpoint-00000002.safetensors"))) {
                assertTrue(first.isAlive() && System.nanoTime() < deadline, "the first training did not begin");
                Thread.sleep(20);
            }
            fail(List.of(run.toString(), "another process (pid " + first.pid() + ") is training here"),
                    words(run, 100_000, "--resume"));
            fail(List.of("holds a run already"), words(run, 100_000));
            assertTrue(first.isAlive());
        } finally {
            first.destroyForcibly();
        }
        first.waitFor();
        var newest = RunComparison.names(run, "checkpoint-*.safetensors").getLast();
        int done = Integer.parseInt(newest.replaceAll("\\D", ""));
        succeed(words(run, done + 2, "--resume"));
    }

    private Process inAnotherProcess(String... args) throws IOException {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
                "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(args));
        var silent = ProcessBuilder.Redirect.DISCARD;
        return new ProcessBuilder(command).redirectOutput(silent).redirectError(silent).start();
    }

    @Test
    void aConfigThatDoesNotFitTheWeights() throws IOException {
        Path run = folder.resolve("run");
        succeed(words(run, 2));
        var before = RunComparison.everything(run);
        fail(List.of("optimization.learningRate: 0.002, 0.1", "optimization.seed: 0, 6"),
                words(run, 4, "--resume", "--lr", "0.1", "--seed", "6"));
        fail(List.of("this run trains a diffusion model"), "train-classifier", "--resume", "--out", run.toString());
        assertEquals(before, RunComparison.everything(run));

        var config = run.resolve("config.json");
        var text = Files.readString(config);
        Files.writeString(config, text.replaceAll("\"modelChannels\" : 32", "\"modelChannels\" : 64"));
        var edited = RunComparison.everything(run);
        fail(List.of("checkpoint-00000002.safetensors", "unet.trunk.modelChannels: 32, 64"), "train", "--resume",
                "--out", run.toString(), "--steps", "4");
        Files.writeString(config, text.substring(0, text.length() / 2));
        fail(List.of("config.json", "TrainingConfig is not JSON"), "train", "--resume", "--out", run.toString());
        Files.writeString(config, text.replaceAll("\"modelChannels\" : 32", "\"modelChannels\" : 64"));
        assertEquals(edited, RunComparison.everything(run));
    }

    @Test
    void weightsOfAnotherNetworkThanTheirConfigSays() throws IOException {
        Path run = folder.resolve("run");
        succeed(words(run, 1));
        Path wrong = folder.resolve("wrong.safetensors");
        try (var model = SafeTensors.read(run.resolve("model.safetensors"))) {
            var metadata = new LinkedHashMap<>(model.metadata());
            metadata.computeIfPresent("anneal.config",
                    (name, json) -> json.replaceAll("(\"modelChannels\" ?: ?)32", "$164"));
            assertNotEquals(model.metadata(), metadata);
            SafeTensors.write(wrong, model.tensors(), metadata);
        }
        fail(List.of("wrong.safetensors", "shape"), "sample", "--model", wrong.toString(), "--count", "1", "--out",
                folder.resolve("s.png").toString());
        assertFalse(Files.exists(folder.resolve("s.png")));
        fail(List.of("log.jsonl"), "sample", "--model", run.resolve("log.jsonl").toString(), "--count", "1", "--out",
                folder.resolve("s.png").toString());
    }
}
