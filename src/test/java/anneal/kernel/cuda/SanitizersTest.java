package anneal.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.KernelCheck;
import anneal.kernel.Precision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The kernels under ThreadSanitizer and AddressSanitizer: what they can find of the planted mistakes is reported by its
 * line, and the cases of all kernels are clean. Each run is a JVM of its own, which has the sanitizer's run time from
 * its start; the libraries are tools/check-kernels'.
 */
class SanitizersTest {
    private static final String FOLDER = "anneal.checks";
    private static final long MOST_SECONDS = 600;

    @TempDir
    private Path folder;

    /** A sanitizer: its run time, what it is told, and its words for a report. */
    private enum Sanitizer {
        TSAN("TSAN_OPTIONS", "ignore_noninstrumented_modules=1 report_signal_unsafe=0 report_thread_leaks=0",
                "ThreadSanitizer: data race"),
        ASAN("ASAN_OPTIONS", "detect_leaks=0 replace_intrin=0 alloc_dealloc_mismatch=0", "AddressSanitizer: ");

        /** The JVM has signals of its own. */
        private static final String BOTH = " halt_on_error=1 exitcode=66 handle_segv=0 handle_sigbus=0 handle_sigfpe=0"
                + " handle_sigill=0";

        final String variable;
        final String options;
        final String words;

        Sanitizer(String variable, String options, String words) {
            this.variable = variable;
            this.options = options;
            this.words = words;
        }

        String lower() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** How a run ended and all that it printed. */
    private record Outcome(int exit, String text) {
    }

    @ParameterizedTest
    @CsvSource({"TSAN, race", "TSAN, race_in_a_warp", "TSAN, race_after_reading", "TSAN, missing_barrier_after_wait",
        "ASAN, shared_bounds", "ASAN, device_bounds", "ASAN, local_bounds"})
    void aPlantedMistakeIsReportedByItsLine(Sanitizer sanitizer, String bug) throws Exception {
        var outcome = run(sanitizer, "planted", bug);
        assertNotEquals(0, outcome.exit, outcome.text);
        assertTrue(outcome.text.contains(sanitizer.words), outcome.text);
        assertTrue(outcome.text.contains("planted.cu:" + PlantedBugs.lineOf(bug)), outcome.text);
    }

    @ParameterizedTest
    @CsvSource({"TSAN", "ASAN"})
    void theCleanOneIsClean(Sanitizer sanitizer) throws Exception {
        var outcome = run(sanitizer, "planted", "clean");
        assertEquals(0, outcome.exit, outcome.text);
    }

    /** Every how many-eth case, so that all of it stays within minutes. */
    @ParameterizedTest
    @CsvSource({"TSAN, 3", "ASAN, 1"})
    void theKernelsAreClean(Sanitizer sanitizer, int every) throws Exception {
        var outcome = run(sanitizer, "cases", Integer.toString(every));
        assertEquals(0, outcome.exit, outcome.text);
        assertTrue(outcome.text.contains(" cases are clean"), outcome.text);
        System.out.println(sanitizer + ": " + outcome.text.lines().filter(l -> l.endsWith("are clean")).toList());
    }

    private Outcome run(Sanitizer sanitizer, String... arguments) throws IOException, InterruptedException {
        var libraries = System.getProperty(FOLDER);
        Assumptions.assumeTrue(libraries != null, "no instrumented libraries here: tools/check-kernels runs this");
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = new ArrayList<>(List.of(java, "--enable-native-access=ALL-UNNAMED", "--add-modules",
                "jdk.incubator.vector", "-Xmx1g",
                "-Danneal.sim.library=" + Path.of(libraries, "lib" + sanitizer.lower() + "-sim.so"), "-cp",
                System.getProperty("java.class.path"), SanitizersTest.class.getName()));
        command.addAll(List.of(arguments));
        var output = Files.createTempFile(folder, "run", ".txt");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("LD_PRELOAD", runTime(sanitizer));
        builder.environment().put(sanitizer.variable, sanitizer.options + Sanitizer.BOTH);
        var process = builder.start();
        try {
            assertTrue(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS), "took more than " + MOST_SECONDS + " s");
            return new Outcome(process.exitValue(), Files.readString(output));
        } finally {
            process.destroyForcibly();
        }
    }

    /** Where g++ has the sanitizer's library. */
    private static String runTime(Sanitizer sanitizer) throws IOException, InterruptedException {
        var name = "lib" + sanitizer.lower() + ".so";
        var process = new ProcessBuilder("g++", "-print-file-name=" + name).start();
        var path = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        process.waitFor();
        Assumptions.assumeTrue(Path.of(path).isAbsolute(), "this g++ has no " + name);
        return path;
    }

    /** In the other JVM: "planted" and a mistake's name, or "cases" and every how many-eth. */
    public static void main(String[] args) {
        if (args[0].equals("planted")) {
            PlantedBugs.launch(args[1]);
            return;
        }
        int every = Integer.parseInt(args[1]);
        var runs = KernelCheck.runs().stream().filter(run -> !run.name().startsWith("large ")).toList();
        int count = 0;
        for (var precision : Precision.values()) {
            try (var device = CudaBackend.sim(new CudaOptions(1, false, precision))) {
                for (int i = precision.ordinal() % every; i < runs.size(); i += every) {
                    try {
                        runs.get(i).on(device);
                    } catch (RuntimeException e) {
                        System.out.println(runs.get(i).name() + ": " + e.getMessage());
                        System.exit(1);
                    }
                    count++;
                }
            }
        }
        System.out.println(count + " cases are clean");
    }
}
