package anneal.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.kernel.Backend;
import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.KernelBits;
import anneal.kernel.Precision;
import anneal.kernel.RandomSpec;
import anneal.kernel.Shape;
import anneal.kernel.cpu.CpuBackend;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same seed draws the same bits on the cpu and on CUDA's kernels. */
public class CudaRandomTest {
    @ParameterizedTest
    @EnumSource
    void sameBitsAsTheCpu(RandomSpec.Kind kind) {
        try (var sim = TestedDevice.open(Precision.FP32); var cpu = new CpuBackend()) {
            assertEquals(KernelBits.ofDraws(cpu), KernelBits.ofDraws(sim));
            for (int perSample : new int[] {1, 3, 4, 1023, 100_003}) {
                var spec = new RandomSpec(kind, -987654321987L, -5);
                assertArrayEquals(draw(cpu, spec, perSample), draw(sim, spec, perSample));
            }
        }
    }

    private static float[] draw(Backend device, RandomSpec spec, int perSample) {
        var index = device.allocate(3 * Integer.BYTES);
        var position = device.allocate(Integer.BYTES);
        var storage = device.allocate(3L * perSample * Float.BYTES);
        var out = Buf.dense(storage, DType.F32, Shape.of(3, perSample));
        var samples = Buf.dense(index, DType.I32, Shape.of(3));
        var at = Buf.dense(position, DType.I32, Shape.of(1));
        device.upload(new int[] {0, 7, Integer.MAX_VALUE}, samples);
        device.upload(new int[] {-3}, at);
        device.kernels().random(spec, samples, at, out);
        var values = device.downloadFloats(out);
        index.release();
        position.release();
        storage.release();
        return values;
    }
}
