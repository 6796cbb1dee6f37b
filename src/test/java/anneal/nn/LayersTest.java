package anneal.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import anneal.kernel.Backend;
import anneal.kernel.DType;
import anneal.kernel.Resample;
import anneal.kernel.cpu.CpuBackend;
import anneal.kernel.reference.ReferenceBackend;
import anneal.tensor.Attention.Packing;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LayersTest {
    static List<Backend> backends() {
        return List.of(new ReferenceBackend(), new CpuBackend());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void timestepAnglesKeepTheirPrecision(Backend backend) {
        double[] times = {0, 1, 17, 250.25, 999, 1000, 4095};
        try (var device = new Device(backend)) {
            double bar = device.floatType() == DType.F64 ? 1e-12 : 4e-7;
            for (int dim : new int[] {2, 7, 32, 128}) {
                var got = TimestepEmbedding.sinusoidal(device.of(times, times.length), dim, 10000).toDoubles();
                int half = dim / 2;
                for (int n = 0; n < times.length; n++) {
                    for (int k = 0; k < half; k++) {
                        double angle = times[n] * Math.exp(-Math.log(10000) * k / half);
                        assertEquals(Math.cos(angle), got[n * dim + k], bar, "cos, t " + times[n] + " of " + dim);
                        assertEquals(Math.sin(angle), got[n * dim + half + k], bar, "sin, t " + times[n]);
                    }
                    if (dim % 2 == 1) {
                        assertEquals(0, got[n * dim + dim - 1]);
                    }
                }
            }
        }
    }

    @Test
    void integerTimestepsAreTheSame() {
        try (var device = new Device(new ReferenceBackend())) {
            assertArrayEquals(
                    TimestepEmbedding.sinusoidal(device.of(new double[] {5, 400}, 2), 16, 10000).toDoubles(),
                    TimestepEmbedding.sinusoidal(device.ofInts(new int[] {5, 400}, 2), 16, 10000).toDoubles());
        }
    }

    /** A fresh block adds zero to its input, so that only the residual is left. */
    @Test
    void rescaledResidualsAreDividedByTheRootOfTwo() {
        for (boolean rescale : new boolean[] {false, true}) {
            var options = new BlockOptions(8, true, rescale, 0, false, new DropoutState());
            var block = new BlockSequence().add(new ResBlock(32, 32, options, Resample.NONE))
                    .add(new AttentionBlock(32, 2, Packing.HEAD_MAJOR, options));
            try (var device = new Device(new ReferenceBackend());
                 var arena = ParameterArena.forInference(device, block)) {
                arena.initialise(1);
                var x = random(device, 2, 1, 3, 5, 32);
                var expected = Arrays.stream(x.toDoubles()).map(v -> rescale ? v / 2 : v).toArray();
                assertArrayEquals(expected, block.apply(x, random(device, 3, 1, 8)).toDoubles(), 1e-15);
            }
        }
    }

    @Test
    void resamplingBlocksChangeTheExtent() {
        var options = new BlockOptions(8, false, false, 0, false, new DropoutState());
        for (var resample : Resample.values()) {
            var block = new ResBlock(32, 64, options, resample);
            try (var device = new Device(new ReferenceBackend());
                 var arena = ParameterArena.forInference(device, block)) {
                arena.initialise(1);
                var y = block.apply(random(device, 2, 1, 4, 6, 32), random(device, 3, 1, 8));
                assertArrayEquals(new int[] {1, resample.apply(4), resample.apply(6), 64}, y.shape().toArray());
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        var options = new BlockOptions(8, false, false, 0, false, new DropoutState());
        assertThrows(IllegalArgumentException.class, () -> new GroupNorm(48));
        assertThrows(IllegalArgumentException.class, () -> new AttentionBlock(32, 3, Packing.QKV_MAJOR, options));
        assertThrows(IllegalArgumentException.class, () -> new Dropout(1, new DropoutState()));
        assertThrows(IllegalArgumentException.class, () -> new AttentionPool2d(4, 64, 48, 3));
    }

    private static Tensor random(Device device, long seed, int... shape) {
        int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        return device.of(new Random(seed).doubles(size, -1, 1).toArray(), shape);
    }
}
