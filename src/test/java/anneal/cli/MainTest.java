package anneal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class MainTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Command(name = "probe", description = "Does what the test asks for.")
    private record Probe(Callable<Integer> body) implements Callable<Integer> {
        @Option(names = "--steps")
        void steps(int steps) {
        }

        @Override
        public Integer call() throws Exception {
            return body.call();
        }
    }

    private int run(Callable<Integer> body, String... args) {
        return Main.commandLine(new Failures(args))
                .addSubcommand(new Probe(body))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    @Test
    void aFailureIsOneLineAndExitCodeOne() {
        assertEquals(1, run(() -> {
            throw new IllegalArgumentException("steps must be at least 1,\n  not 0");
        }, "probe"));
        assertEquals("anneal: steps must be at least 1, not 0\n", err.toString());
        assertEquals("", out.toString());
    }

    @Test
    void theStackTraceComesWhenAskedFor() {
        assertEquals(1, run(() -> {
            throw new IllegalArgumentException("no");
        }, "probe", "--stacktrace"));
        assertTrue(err.toString().startsWith("anneal: no\njava.lang.IllegalArgumentException: no\n\tat anneal"), err.toString());
    }

    @Test
    void aWrongCallIsTwoLinesAndExitCodeTwo() {
        assertEquals(2, run(() -> 0, "probe", "--steps", "many"));
        var lines = err.toString().lines().toList();
        assertEquals(2, lines.size(), err.toString());
        assertTrue(lines.get(0).startsWith("anneal: ") && lines.get(0).contains("'--steps'"), lines.get(0));
        assertEquals("try 'anneal probe --help'", lines.get(1));
    }

    @Test
    void noCommandShowsTheCommandsOnStandardError() {
        assertEquals(2, run(() -> 0));
        assertTrue(err.toString().startsWith("anneal: which command?\n"), err.toString());
        assertTrue(err.toString().contains("probe"), err.toString());
        assertEquals("", out.toString());
    }

    @Test
    void helpOfACommandIsOnStandardOutput() {
        assertEquals(0, run(() -> 1, "probe", "--help"));
        assertTrue(out.toString().contains("Does what the test asks for."), out.toString());
        assertTrue(out.toString().contains("--stacktrace"), out.toString());
        assertFalse(out.toString().contains("--version"), out.toString());
        assertEquals("", err.toString());
    }

    @Test
    void exitCodesPassThrough() {
        assertEquals(5, run(() -> 5, "probe"));
    }

    @Test
    void fileFailuresSayWhatHappenedToWhichFile() throws Exception {
        assertEquals("no such file or folder: a.png", Failures.message(new NoSuchFileException("a.png")));
        try (var in = new FileInputStream("/no/such/file")) {
            throw new AssertionError(in);
        } catch (IOException e) {
            assertTrue(Failures.message(e).startsWith("/no/such/file (No such file"), Failures.message(e));
        }
    }

    @Test
    void aDefectIsCalledOne() {
        assertEquals("internal error: NullPointerException (--stacktrace shows where)",
                Failures.message(new NullPointerException()));
    }

    @Test
    void theVersionNamesTheCommit() {
        assertEquals("0.1 (commit 0123456789ab, with local changes)",
                new Version("0.1", "0123456789abcdef0123456789abcdef01234567", true).toString());
        assertEquals("0.1 (commit unknown)", new Version("0.1", "unknown", false).toString());
        assertFalse(Version.current().version().contains("$"));
        assertTrue(Version.current().commit().matches("[0-9a-f]{40}|unknown"));
    }
}
