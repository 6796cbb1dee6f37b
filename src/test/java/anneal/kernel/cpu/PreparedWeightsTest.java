package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Buf;
import anneal.kernel.ConvAlgorithm;
import anneal.kernel.ConvSpec;
import anneal.kernel.ConvSpec.Mode;
import anneal.kernel.DType;
import anneal.kernel.Epilogue;
import anneal.kernel.MapOp;
import anneal.kernel.Prologue;
import anneal.kernel.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PreparedWeightsTest {
    private final Random random = new Random(5);

    private static Buf buf(CpuBackend device, int... dims) {
        var shape = Shape.of(dims);
        return Buf.dense(device.allocate(4 * shape.size()), DType.F32, shape);
    }

    private float[] normal(int... dims) {
        var values = new float[(int) Shape.of(dims).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Large images and tiny ones (whose windows are packed instead), few results, one tap, in batches of two sizes. */
    private static List<ConvSpec> specs(Mode mode) {
        return List.of(new ConvSpec(mode, 3, 16, 16, 64, 64, 3, 3, 1, 1),
                new ConvSpec(mode, 1, 16, 16, 64, 64, 3, 3, 1, 1),
                new ConvSpec(mode, 1, 2, 2, 64, 64, 3, 3, 1, 1), new ConvSpec(mode, 40, 2, 2, 64, 64, 3, 3, 1, 1));
    }

    private static void conv(CpuBackend device, ConvSpec s, Buf x, Buf w, Buf y) {
        var work = Buf.dense(device.allocate(device.kernels().plan(s).workspaceBytes()), DType.F32,
                Shape.of((int) (device.kernels().plan(s).workspaceBytes() / 4)));
        device.kernels().conv(s, Prologue.NONE, x, w, Epilogue.NONE, y, work);
        work.storage().release();
    }

    @ParameterizedTest
    @EnumSource(value = ConvAlgorithm.class, names = {"AUTO", "DIRECT", "F4"})
    void keptFormsGiveTheSameBitsAndGoWithTheWeights(ConvAlgorithm algorithm) {
        try (var device = new CpuBackend(new CpuOptions(2, true, false).with(algorithm))) {
            int before = blocks(device);
            var weights = normal(64, 3, 3, 64);
            var plain = buf(device, 64, 3, 3, 64);
            var frozen = buf(device, 64, 3, 3, 64);
            device.upload(weights, plain);
            device.upload(weights, frozen);
            frozen.storage().freeze();
            var all = new ArrayList<Buf>();
            for (var mode : List.of(Mode.FORWARD, Mode.DATA_GRADIENT)) {
                for (int round = 0; round < 3; round++) {
                    for (var s : specs(mode)) {
                        var x = buf(device, s.n(), s.inH(), s.inW(), 64);
                        var y = buf(device, s.n(), s.outH(), s.outW(), 64);
                        device.upload(normal(x.shape().toArray()), x);
                        device.upload(normal(y.shape().toArray()), y);
                        var out = mode == Mode.FORWARD ? y : x;
                        conv(device, s, x, plain, y);
                        var expected = device.downloadFloats(out);
                        conv(device, s, x, frozen, y);
                        assertArrayEquals(expected, device.downloadFloats(out), s.toString());
                        all.add(x);
                        all.add(y);
                    }
                }
            }
            all.forEach(b -> b.storage().release());
            plain.storage().release();
            assertTrue(blocks(device) > before + 1, "nothing was kept");
            frozen.storage().release();
            assertEquals(before, blocks(device));
        }
    }

    private static int blocks(CpuBackend device) {
        return (int) device.memory().liveStorages();
    }

    @Test
    void frozenWeightsAreNotWritten() {
        try (var device = new CpuBackend(new CpuOptions(1, false, false))) {
            var w = buf(device, 8);
            device.upload(new float[8], w);
            w.storage().freeze();
            assertThrows(IllegalStateException.class, () -> device.upload(new float[8], w));
            assertThrows(IllegalStateException.class, () -> device.kernels().fill(w, 1));
            assertThrows(IllegalStateException.class, () -> device.kernels().map(MapOp.of(MapOp.Fn.ADD), w, w, w));
        }
    }
}
