package anneal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Precision;
import anneal.kernel.cpu.CpuBackend;
import anneal.kernel.cpu.CpuOptions;
import anneal.kernel.cuda.CudaBackend;
import anneal.kernel.cuda.WatchedSim;
import anneal.tensor.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training on CUDA's kernels follows training on the cpu: same data, same draws, same losses but for rounding. */
class SimTrainingTest {
    private static final int STEPS = 20;

    @TempDir
    private Path folder;

    private static List<Double> losses(Device device, Path out) throws IOException {
        var losses = new ArrayList<Double>();
        try (device; var directory = RunDirectory.open(out);
             var run = TrainingRun.start(directory, Recipes.unet(STEPS), device, new Stripes(13))) {
            run.run(new Cadence(0, 1, 0), new TrainingListener() {
                @Override
                public void step(int step, int total, double loss, double imagesPerSecond) {
                    losses.add(loss);
                }
            }, () -> false);
        }
        return losses;
    }

    /** Below float32 by 4 u sqrt(d), as docs/precision.md derives it: d = 168 for this network there and back. */
    @ParameterizedTest
    @CsvSource({"FP32, 1e-4", "TF32, 0.014", "BF16, 0.079"})
    void everyStepsLossFollowsTheCpus(Precision precision, double tolerance) throws IOException {
        CudaBackend.simUnavailable().ifPresent(reason -> Assumptions.abort("no sim device here: it " + reason));
        var expected = losses(new Device(new CpuBackend(new CpuOptions(2, true, false))), folder.resolve("cpu"));
        var sim = new WatchedSim(precision);
        var actual = losses(new Device(sim.backend()), folder.resolve("sim"));
        assertEquals(STEPS, expected.size());
        assertEquals(STEPS, actual.size());
        for (int i = 0; i < STEPS; i++) {
            assertEquals(expected.get(i), actual.get(i), tolerance * expected.get(i), "the loss of step " + (i + 1));
        }
        assertTrue(sim.calls() > 0);
        for (var family : List.of("gemm", "conv_forward", "conv_data", "conv_weight")) {
            assertTrue(sim.launchesByKernel().keySet().stream().anyMatch(name -> name.startsWith(family)), family);
        }
    }
}
