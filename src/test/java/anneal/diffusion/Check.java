package anneal.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.reference.ReferenceBackend;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.util.Random;
import java.util.function.Function;

/** What the tests of this package share. */
final class Check {
    private Check() {
    }

    /** float64, with poisoned memory. */
    static Device reference() {
        return new Device(new ReferenceBackend(true));
    }

    static Tensor normal(Device device, long seed, int... dims) {
        int size = 1;
        for (int d : dims) {
            size *= d;
        }
        var random = new Random(seed);
        return device.of(random.doubles(size, 0, 1).map(u -> random.nextGaussian()).toArray(), dims);
    }

    static void close(Tensor expected, Tensor actual, double relative) {
        assertEquals(expected.shape(), actual.shape());
        close(expected.toDoubles(), actual.toDoubles(), relative);
    }

    /** ||actual - expected|| / ||expected||. */
    static void close(double[] expected, double[] actual, double relative) {
        assertEquals(expected.length, actual.length);
        double error = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            error += Math.pow(actual[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        double ratio = Math.sqrt(error / Math.max(norm, 1e-300));
        assertTrue(ratio <= relative, "relative error " + ratio + " over " + relative);
    }

    /** The derivative of a scalar function along a random direction, by central differences, against the tape's. */
    static void gradient(Tensor at, Function<Tensor, Tensor> scalar, double tolerance) {
        var device = at.device();
        var direction = normal(device, 77, at.shape().toArray());
        double exact;
        try (var tape = device.tape()) {
            tape.watch(at);
            exact = tape.gradient(scalar.apply(at), at)[0].mul(direction).sum().item();
        }
        double h = 1e-6;
        double numeric = (scalar.apply(at.add(direction.mul(h))).item() - scalar.apply(at.sub(direction.mul(h))).item())
                / (2 * h);
        assertEquals(numeric, exact, tolerance * Math.max(1, Math.abs(numeric)));
    }

    static void bits(Tensor expected, Tensor actual) {
        assertArrayEquals(expected.toDoubles(), actual.toDoubles());
    }
}
