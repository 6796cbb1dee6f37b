package anneal.kernel.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.cuda.CudaGraphTest;
import anneal.kernel.cuda.CudaRandomTest;
import anneal.kernel.cuda.OnChipNormTest;
import anneal.kernel.cuda.TestedDevice;
import anneal.sample.GraphSamplingTest;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The way to a GPU through JCuda's own natives, walked without one: libcuda.so.1 is a stand-in whose GPU is the simulator.
 * It says nothing of CUDA itself, but that the driver is called as its header says: memory, copies, launches, events,
 * recordings of a stream.
 */
class StubbedGpuTest {
    @TempDir
    private Path folder;

    @Test
    void testsOfTheCudaDevicePassThroughJCuda() throws IOException, InterruptedException, URISyntaxException {
        HostDriver.unavailable().ifPresent(reason -> Assumptions.abort("no sim device here: it " + reason));
        compile();
        var resources = Files.createDirectories(folder.resolve("classes/anneal/kernel/cuda/driver"));
        Files.writeString(resources.resolve("kernels.list"), "stub.fatbin\n");
        Files.writeString(resources.resolve("stub.fatbin"), "nothing");
        Files.writeString(resources.resolve("nvcc.version"), "13.0");
        var builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1",
                "-D" + TestedDevice.DEVICE + "=cuda", "-cp",
                folder.resolve("classes") + File.pathSeparator + System.getProperty("java.class.path"),
                StubbedGpu.class.getName(), CudaGraphTest.class.getName(), CudaRandomTest.class.getName(),
                OnChipNormTest.class.getName(), GraphSamplingTest.class.getName()).redirectErrorStream(true);
        builder.environment().put("LD_LIBRARY_PATH", folder.toString());
        builder.environment().put("ANNEAL_STUB_SIM", simulator().toString());
        var process = builder.start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        var lines = output.lines().toList();
        assertEquals("host simulator, sm_90, 8192 MiB, driver for CUDA 13.0", lines.get(lines.size() - 2));
        assertTrue(lines.getLast().matches("2\\d passed, 0 failed, 0 aborted"), lines.getLast());
    }

    private static Path simulator() throws URISyntaxException {
        var given = System.getProperty(SimLibrary.PROPERTY);
        return given != null ? Path.of(given)
                : Path.of(HostDriver.class.getResource("libanneal-sim.so").toURI());
    }

    private void compile() throws IOException, InterruptedException {
        var source = folder.resolve("stub_libcuda.c");
        try (var in = StubbedGpuTest.class.getResourceAsStream("stub_libcuda.c")) {
            Files.write(source, in.readAllBytes());
        }
        try {
            var process = new ProcessBuilder("gcc", "-shared", "-fPIC", "-O1", "-o",
                    folder.resolve("libcuda.so.1").toString(), source.toString(), "-ldl").redirectErrorStream(true).start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), output);
        } catch (IOException e) {
            Assumptions.abort("no gcc here");
        }
    }
}
