package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.KernelBits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The same bits from the interpreter as from compiled code (DESIGN 3b): a second JVM runs with -Xint. */
class InterpreterBitsTest {
    private static final int RUNS_UNTIL_COMPILED = 200;

    @Test
    void interpretedAndCompiledKernelsAgree() throws IOException, InterruptedException {
        var file = Files.createTempFile("bits", ".txt");
        try {
            var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            var process = new ProcessBuilder(java, "-Xint", "--add-modules", "jdk.incubator.vector",
                    "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                    InterpreterBitsTest.class.getName(), file.toString()).inheritIO().start();
            var compiled = bits(RUNS_UNTIL_COMPILED);
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), "the interpreter took too long");
            assertEquals(0, process.exitValue());
            assertEquals(Files.readString(file), compiled);
        } finally {
            Files.delete(file);
        }
    }

    /** The second JVM's part: writes the bits of one run to the file that it is given. */
    public static void main(String[] args) throws IOException {
        Files.write(Path.of(args[0]), bits(1).getBytes(StandardCharsets.UTF_8));
    }

    private static String bits(int runs) {
        try (var device = new CpuBackend(CpuOptions.defaults().withThreads(1))) {
            return KernelBits.of(device, runs);
        }
    }
}
