package anneal.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Activation;
import anneal.kernel.Backend;
import anneal.kernel.Buf;
import anneal.kernel.ConvSpec;
import anneal.kernel.DType;
import anneal.kernel.Epilogue;
import anneal.kernel.Lowering;
import anneal.kernel.Precision;
import anneal.kernel.Prologue;
import anneal.kernel.Shape;
import anneal.kernel.cuda.driver.DriverException;
import anneal.kernel.cuda.driver.KernelWaits;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The sum of a convolution that one image cuts into parts, to fill a GPU, is made part after part in one block where a
 * batch fills it: to the same bits.
 */
public class ProductPartsTest {
    /** The batch has at least 132 tiles of 128 x 128 results. */
    @ParameterizedTest
    @CsvSource({
        "FP32, 264, 8, 8, 64, 60, small",
        "TF32, 264, 8, 8, 64, 64, small",
        "BF16, 264, 8, 8, 64, 64, small",
        "BF16, 270, 7, 9, 61, 70, small",
        "FP32, 132, 16, 8, 64, 128, large",
        "TF32, 132, 16, 8, 64, 128, large",
        "BF16, 132, 16, 8, 64, 128, large"})
    void anImagesBitsAreThoseOfTheBatch(Precision precision, int n, int h, int w, int inC, int outC, String size) {
        try (var device = TestedDevice.open(precision)) {
            var all = new ConvSpec(ConvSpec.Mode.FORWARD, n, h, w, inC, outC, 3, 3, 1, 1);
            var one = new ConvSpec(ConvSpec.Mode.FORWARD, 1, h, w, inC, outC, 3, 3, 1, 1);
            var random = new Random(3);
            var x = random(device, random, n, h, w, inC);
            var weights = random(device, random, outC, 3, 3, inC);
            var bias = random(device, random, outC);
            var e = new Epilogue(bias, null, null, 0.5, 0, Activation.SILU);
            var whole = convolved(device, all, x, weights, e);
            assertFalse(device.launches().containsKey("mat_finish"), "the batch's parts are added inside");
            assertTrue(device.launches().keySet().stream().anyMatch(k -> k.startsWith("conv_forward_") && k.endsWith(size)),
                    device.launches().toString());
            int results = h * w * outC;
            for (int i : new int[] {0, n / 2, n - 1}) {
                var single = convolved(device, one, x.slab(i, i + 1), weights, e);
                assertArrayEquals(single, Arrays.copyOfRange(whole, i * results, (i + 1) * results), "image " + i);
            }
            assertEquals(3, device.launches().get("mat_finish"));
        }
    }

    /** On the checked simulator ({@code tools/check-kernels}): without the wait between two parts there is a race. */
    @Test
    void betweenPartsABlockHasToWait() {
        Assumptions.assumeTrue(PlantedBugs.areHere(), "the simulator here is not a checked one: tools/check-kernels runs this");
        try (var device = CudaBackend.sim(new CudaOptions(0, true, Precision.BF16))) {
            // Two parts of eight steps: the last step's stage is one of the first two, which the next part fills first.
            var s = new ConvSpec(ConvSpec.Mode.FORWARD, 264, 8, 8, 512, 64, 1, 1, 1, 0);
            var random = new Random(3);
            var x = random(device, random, s.n(), s.inH(), s.inW(), s.inC());
            var weights = random(device, random, s.outC(), 1, 1, s.inC());
            KernelWaits.met();
            convolved(device, s, x, weights, Epilogue.NONE);
            var barriers = KernelWaits.met().stream().filter(w -> w.kernel().startsWith("conv_forward")
                    && w.what().equals("sync_block") && w.place().startsWith("mat_product.cuh")).toList();
            assertEquals(2, barriers.size(), "of every step, and between parts: " + barriers);
            for (var barrier : barriers) {
                KernelWaits.leaveOut(barrier);
                try {
                    var e = assertThrows(DriverException.class, () -> convolved(device, s, x, weights, Epilogue.NONE),
                            barrier.toString());
                    assertTrue(e.getMessage().contains("shared memory"), e.getMessage());
                } finally {
                    KernelWaits.leaveOutNone();
                }
            }
        }
    }

    private static float[] convolved(Backend device, ConvSpec s, Buf x, Buf weights, Epilogue e) {
        var y = empty(device, s.n(), s.outH(), s.outW(), s.outC());
        new Lowering(device).conv(s, Prologue.NONE, x, weights, e, y);
        return device.downloadFloats(y);
    }

    private static Buf random(Backend device, Random random, int... dims) {
        var b = empty(device, dims);
        var values = new float[Math.toIntExact(b.shape().size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        device.upload(values, b);
        return b;
    }

    private static Buf empty(Backend device, int... dims) {
        var shape = Shape.of(dims);
        DType type = device.floatType();
        return Buf.dense(device.allocate(shape.size() * type.bytes()), type, shape);
    }
}
