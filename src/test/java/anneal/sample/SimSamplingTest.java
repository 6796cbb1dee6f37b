package anneal.sample;

import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Precision;
import anneal.kernel.cpu.CpuBackend;
import anneal.kernel.cpu.CpuOptions;
import anneal.kernel.cuda.CudaBackend;
import anneal.kernel.cuda.WatchedSim;
import anneal.tensor.Device;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same seed gives the same samples on CUDA's kernels as on the cpu, but for rounding. */
class SimSamplingTest {
    private static final int STEPS = 6;

    private static float[][] run(Device device, SampleRequest request) throws IOException {
        try (var tiny = new TinySampling(device, TinySampling.CLASSES)) {
            return tiny.trajectory(request, STEPS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ddpm", "ddim"})
    void everyStepFollowsTheCpus(String sampler) throws IOException {
        CudaBackend.simUnavailable().ifPresent(reason -> Assumptions.abort("no sim device here: it " + reason));
        var request = SampleRequest.of(3, 7).withLabels(List.of(0, 2, 1)).withSampler(sampler, STEPS, 0)
                .withGuidance(4, 2);
        var expected = run(new Device(new CpuBackend(new CpuOptions(2, true, false))), request);
        var sim = new WatchedSim(Precision.FP32);
        var actual = run(new Device(sim.backend()), request);
        for (int step = 0; step < STEPS; step++) {
            double error = error(expected[step], actual[step]);
            assertTrue(error <= 1e-4, "step " + step + ": relative error " + error);
        }
        assertTrue(sim.calls() > 0);
    }

    private static double error(float[] expected, float[] actual) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += ((double) actual[i] - expected[i]) * ((double) actual[i] - expected[i]);
            norm += (double) expected[i] * expected[i];
        }
        return Math.sqrt(difference / norm);
    }
}
