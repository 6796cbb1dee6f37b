package anneal.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import anneal.kernel.NormSpec;
import anneal.kernel.Precision;
import anneal.kernel.Prologue;
import anneal.kernel.Shape;
import anneal.kernel.cuda.driver.HostDriver;
import anneal.kernel.cuda.driver.KernelCounts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the counting simulator counts, where it is known. It runs on that library alone: tools/check-kernels. */
class CountsTest {
    private CudaBackend device;

    @BeforeEach
    void open() {
        CudaBackend.simUnavailable().ifPresent(reason -> Assumptions.abort("no sim device here: it " + reason));
        device = CudaBackend.sim(new CudaOptions(1, false, Precision.FP32));
        device.kernels().fill(of(1), 0);
        Assumptions.assumeFalse(KernelCounts.taken().isEmpty(), "this simulator does not count");
    }

    @AfterEach
    void close() {
        device.close();
    }

    private Buf of(int... dims) {
        var shape = Shape.of(dims);
        return Buf.dense(device.allocate(shape.size() * DType.F32.bytes()), DType.F32, shape);
    }

    @Test
    void whatIsWrittenOnceIsCountedOnce() {
        int n = 5000;
        device.kernels().fill(of(n), 1);
        var c = KernelCounts.taken().getFirst();
        assertEquals("fill_f32", c.kernel());
        assertEquals(4 * n, c.asked());
        assertEquals(4 * n, c.moved());
        assertEquals(4 * n, c.fetched());
        assertEquals(0, c.passes());
    }

    /** Threads read and write four channels at once, in one instruction: every sector belongs to one of them. */
    @Test
    void aVectorIsOneAccess() {
        var s = new NormSpec(2, 8, 8, 128, 32, 1e-5);
        device.kernels().norm(s, Prologue.NONE, of(2, 8, 8, 128), of(2, 8, 8, 128));
        var c = KernelCounts.taken().getFirst();
        assertEquals("norm_apply_v4_f32", c.kernel());
        assertEquals(2 * 4 * 2 * 8 * 8 * 128, c.asked());
        assertEquals(c.asked(), c.moved());
    }

    /** Blocks without an edge do the same, so that some of them are enough. */
    @Test
    void someBlocksStandForAll() {
        var s = GemmSpec.of(256, 256, 96, false, false);
        var a = of(256, 96);
        var b = of(96, 256);
        var c = of(256, 256);
        device.kernels().gemm(s, a, b, Epilogue.NONE, c, null);
        var all = KernelCounts.taken().getFirst();
        try {
            HostDriver.setSample(8);
            device.kernels().gemm(s, a, b, Epilogue.NONE, c, null);
        } finally {
            HostDriver.setSample(0);
        }
        var some = KernelCounts.taken().getFirst();
        assertEquals(64, all.blocks());
        assertEquals(all.blocks(), some.blocks());
        assertTrue(some.passes() > 0 && some.asked() > 0);
        assertEquals(all.asked(), 8 * some.asked());
        assertEquals(all.fetched(), 8 * some.fetched());
        assertEquals(all.moved(), 8 * some.moved());
        assertEquals(all.passes(), 8 * some.passes());
        assertEquals(all.leastPasses(), 8 * some.leastPasses());
    }
}
