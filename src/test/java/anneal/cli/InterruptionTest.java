package anneal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Signals, sent to a process of its own. SIGTERM stands for both, because a process whose parent ignores SIGINT, as
 * background jobs of a shell do, never gets one.
 */
@DisabledOnOs(OS.WINDOWS)
class InterruptionTest {

    private static final int TERMINATED = 143;
    private static final int STEPS = 1_000_000;

    @TempDir
    private Path folder;

    private Process train() throws IOException {
        var words = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), "anneal.cli.Main", "train", "--data", "fashion-embedded",
                "--out", folder.resolve("run").toString(), "--steps", String.valueOf(STEPS)));
        words.addAll(List.of("--image-size", "8", "--model-channels", "32", "--channel-mult", "1", "--res-blocks", "1",
                "--attention", "0", "--batch", "2", "--log-every", "1", "--preview-every", "0"));
        return new ProcessBuilder(words).redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile()).start();
    }

    private void awaitSteps() throws Exception {
        var log = folder.resolve("run/log.csv");
        for (int i = 0; i < 600 && (!Files.exists(log) || Files.readAllLines(log).size() < 3); i++) {
            Thread.sleep(100);
        }
    }

    @Test
    void trainingThatIsToldToStopSavesAndSaysHowToGoOn() throws Exception {
        var process = train();
        try {
            awaitSteps();
            process.destroy();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        } finally {
            process.destroyForcibly();
        }
        var output = Files.readString(folder.resolve("output"));
        assertEquals(TERMINATED, process.exitValue(), output);
        var run = folder.resolve("run");
        assertTrue(output.contains("stopped and saved") && output.contains("train --out " + run + " --resume"), output);
        int lines = Files.readAllLines(run.resolve("log.csv")).size();
        var call = Call.of("train", "--out", run, "--steps", lines, "--resume", "--log-every", 1, "--preview-every", 0);
        assertEquals(0, call.exit(), call.err());
        assertEquals(lines + 1, Files.readAllLines(run.resolve("log.csv")).size());
    }

    @Test
    void aRequestIsHeardOnceAndOnlyWhileSomebodyListens() throws Exception {
        var heard = new Semaphore(0);
        try (var stop = Interruption.listen(heard::release)) {
            assertFalse(stop.requested());
            new ProcessBuilder("kill", "-TERM", String.valueOf(ProcessHandle.current().pid())).start().waitFor();
            assertTrue(heard.tryAcquire(30, TimeUnit.SECONDS));
            assertTrue(stop.requested());
            assertEquals(TERMINATED, stop.exitCode());
        }
        assertEquals(0, heard.availablePermits());
    }
}
