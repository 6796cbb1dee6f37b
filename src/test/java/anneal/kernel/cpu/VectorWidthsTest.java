package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.ConvAlgorithm;
import anneal.kernel.KernelCheck;
import anneal.kernel.reference.ReferenceBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The cpu device on other machines than this one: narrower vectors, none, and a JVM that was started without the Vector
 * API, each in a JVM that is told so. There it is compared with the reference, and one thread with three. (SSE alone is
 * left out: processors without fused multiply-add, the last of them of 2012, compute one by BigDecimal.)
 */
class VectorWidthsTest {
    private static final String[] MODULE = {"--add-modules", "jdk.incubator.vector"};

    @TempDir
    private Path folder;

    /**
     * @param runs  what the device must say of itself
     * @param every 1 for all cases of every kernel, 6 for every sixth
     */
    record Machine(String name, String runs, int every, String... options) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Machine> machines() {
        return Stream.of(
                new Machine("128 bits", "Vector API, 128 bits", 2, with("-XX:MaxVectorSize=16")),
                new Machine("256 bits", "Vector API, 256 bits", 2, with("-XX:MaxVectorSize=32")),
                new Machine("AVX without AVX2", "Vector API, 128 bits", 6, with("-XX:UseAVX=1")),
                new Machine("AVX2", "Vector API, 256 bits", 6, with("-XX:UseAVX=2")),
                new Machine("scalar", "plain Java", 6, with("-Danneal.cpu.scalar=true")),
                new Machine("no module", "plain Java", 6));
    }

    private static String[] with(String option) {
        return Stream.concat(Stream.of(MODULE), Stream.of(option)).toArray(String[]::new);
    }

    @ParameterizedTest
    @MethodSource("machines")
    void agreesWithTheReference(Machine machine) throws IOException, InterruptedException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var common = List.of("-XX:+IgnoreUnrecognizedVMOptions", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), VectorWidthsTest.class.getName(), Integer.toString(machine.every));
        var output = folder.resolve("output");
        var command = Stream.of(List.of(java), List.of(machine.options), common).flatMap(List::stream).toList();
        var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertTrue(process.waitFor(180, TimeUnit.SECONDS), "took too long");
        } finally {
            process.destroyForcibly();
        }
        var said = Files.readString(output);
        assertEquals(0, process.exitValue(), said);
        assertTrue(said.contains("cpu: float32, " + machine.runs), said);
    }

    private static List<String> convolutions(CpuOptions options) {
        try (var device = new CpuBackend(options.withThreads(1)); var threads = new CpuBackend(options.withThreads(3));
                var reference = new ReferenceBackend(false)) {
            return KernelCheck.failures(name -> name.startsWith("conv "), 1, device, threads, reference);
        }
    }

    /** In the other JVM: says what runs, and every failure; fails if there was one. */
    public static void main(String[] args) {
        int every = Integer.parseInt(args[0]);
        var options = CpuOptions.defaults();
        List<String> failures;
        try (var device = new CpuBackend(options.withThreads(1)); var threads = new CpuBackend(options.withThreads(3));
                var reference = new ReferenceBackend(false)) {
            System.out.println(device.description() + ": " + KernelCheck.cases(every) + " cases");
            failures = KernelCheck.failures(name -> true, every, device, threads, reference);
        }
        failures = Stream.concat(failures.stream(), convolutions(options.with(ConvAlgorithm.F4)).stream()).toList();
        failures.forEach(System.out::println);
        System.exit(failures.isEmpty() ? 0 : 1);
    }
}
