package anneal.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Precision;
import anneal.kernel.Shape;
import anneal.kernel.cuda.driver.DriverException;
import anneal.kernel.cuda.driver.Grid;
import anneal.kernel.cuda.driver.HostDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The checked simulator reports every mistake of native/test/planted.cu by its line (tools/check-kernels). */
class PlantedBugsTest {
    private static final int THREADS = 64;

    @BeforeAll
    static void needsTheCheckedLibrary() {
        Assumptions.assumeTrue(HostDriver.unavailable().isEmpty() && HostDriver.kernels().contains("planted_clean"),
                "the simulator here is not a checked one: tools/check-kernels runs this");
    }

    @ParameterizedTest
    @CsvSource({"race, race on shared", "race_in_a_warp, race on shared", "race_of_blocks, race on device",
            "shared_bounds, out of bounds", "device_bounds, out of bounds", "uninitialised_shared, uninitialised shared",
            "uninitialised_device, uninitialised device", "divergent_barrier, divergent barrier",
            "missing_wait, has not filled yet", "missing_barrier_after_wait, uninitialised shared"})
    void isReportedByItsLine(String bug, String words) throws IOException {
        var message = assertThrows(DriverException.class, () -> launch("planted_" + bug)).getMessage();
        assertTrue(message.contains(words), message);
        assertTrue(message.contains("planted.cu:" + lineOf(bug)), message);
    }

    @Test
    void theCleanOneIsClean() {
        launch("planted_clean");
    }

    private static void launch(String kernel) {
        try (var driver = new HostDriver(1)) {
            var memory = new CudaMemory(driver, true);
            try (var cuda = new CudaContext(driver, memory, Precision.FP32)) {
                var out = Buf.dense(memory.allocate(THREADS * Float.BYTES), DType.F32, Shape.of(THREADS));
                var in = Buf.dense(memory.allocate(THREADS * Float.BYTES), DType.F32, Shape.of(THREADS));
                driver.written(in.address(), THREADS * Float.BYTES);
                int blocks = kernel.endsWith("of_blocks") ? 2 : 1;
                cuda.launch(kernel, Grid.of(blocks), THREADS, 0, out, in);
            }
        }
    }

    private static int lineOf(String bug) throws IOException {
        var lines = Files.readAllLines(Path.of("native", "test", "planted.cu"));
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).endsWith("// BUG " + bug)) {
                return i + 1;
            }
        }
        throw new AssertionError("no line of planted.cu is marked BUG " + bug);
    }
}
