package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.ConvAlgorithm;
import anneal.kernel.KernelBits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same bits from the interpreter as from code of the optimising compiler (DESIGN 3b), each in a JVM of its own: one
 * that never compiles, and one that compiles, at once and in the foreground, what has run a few times.
 */
class InterpreterBitsTest {
    private static final int RUNS_UNTIL_COMPILED = 30;

    @TempDir
    private Path folder;

    @Test
    void interpretedAndCompiledKernelsAgree() throws IOException, InterruptedException {
        var interpreted = start("interpreted", 1, "-Xint");
        var compiled = start("compiled", RUNS_UNTIL_COMPILED, "-Xbatch", "-XX:Tier4InvocationThreshold=15",
                "-XX:Tier4MinInvocationThreshold=5", "-XX:Tier4CompileThreshold=30", "-XX:Tier4BackEdgeThreshold=400");
        assertEquals(bits(interpreted, "interpreted"), bits(compiled, "compiled"));
    }

    private Process start(String name, int runs, String... options) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var common = List.of("--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), InterpreterBitsTest.class.getName(),
                folder.resolve(name).toString(), Integer.toString(runs));
        var command = Stream.of(List.of(java), List.of(options), common).flatMap(List::stream).toList();
        return new ProcessBuilder(command).inheritIO().start();
    }

    private String bits(Process process, String name) throws IOException, InterruptedException {
        try {
            assertTrue(process.waitFor(180, TimeUnit.SECONDS), name + " kernels took too long");
            assertEquals(0, process.exitValue());
            return Files.readString(folder.resolve(name));
        } finally {
            process.destroyForcibly();
        }
    }

    /** In the other JVM: writes the bits to the file that is given first after the runs that are given second. */
    public static void main(String[] args) throws IOException {
        int runs = Integer.parseInt(args[1]);
        var options = CpuOptions.defaults().withThreads(1);
        var bits = new StringBuilder();
        try (var device = new CpuBackend(options)) {
            bits.append(KernelBits.of(device, runs));
        }
        for (var algorithm : List.of(ConvAlgorithm.F2, ConvAlgorithm.F4)) {
            try (var device = new CpuBackend(options.with(algorithm))) {
                bits.append(algorithm).append(KernelBits.ofConvolutions(device, runs));
            }
        }
        Files.writeString(Path.of(args[0]), bits);
    }
}
