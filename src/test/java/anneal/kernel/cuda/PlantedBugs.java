package anneal.kernel.cuda;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Precision;
import anneal.kernel.Shape;
import anneal.kernel.cuda.driver.Grid;
import anneal.kernel.cuda.driver.HostDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernels of native/test/planted.cu, which only instrumented simulators have. */
final class PlantedBugs {
    private static final int THREADS = 64;

    private PlantedBugs() {
    }

    /** Whether the simulator of this process is an instrumented one. */
    static boolean areHere() {
        return HostDriver.unavailable().isEmpty() && HostDriver.kernels().contains("planted_clean");
    }

    /** Launches {@code planted_NAME} on two blocks if it is about blocks, else on one. */
    static void launch(String name) {
        try (var driver = new HostDriver(1)) {
            var memory = new CudaMemory(driver, true);
            try (var cuda = new CudaContext(driver, memory, Precision.FP32)) {
                var out = Buf.dense(memory.allocate(THREADS * Float.BYTES), DType.F32, Shape.of(THREADS));
                var in = Buf.dense(memory.allocate(THREADS * Float.BYTES), DType.F32, Shape.of(THREADS));
                driver.set(in.address(), 0, THREADS);
                int blocks = name.endsWith("of_blocks") ? 2 : 1;
                cuda.launch("planted_" + name, Grid.of(blocks), THREADS, 0, out, in);
            }
        }
    }

    /** The number of the line that is marked with the mistake's name. */
    static int lineOf(String name) throws IOException {
        var lines = Files.readAllLines(Path.of("native", "test", "planted.cu"));
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).endsWith("// BUG " + name)) {
                return i + 1;
            }
        }
        throw new AssertionError("no line of planted.cu is marked BUG " + name);
    }
}
