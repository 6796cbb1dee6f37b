package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Backend;
import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Kernels;
import anneal.kernel.Shape;
import anneal.kernel.reference.ReferenceBackend;
import java.util.Random;

/** The reference device beside cpu devices of several kinds: the same calls on the same numbers, results compared. */
final class DevicePair implements AutoCloseable {
    /** Buffers of the same content, one a device; the reference's is first. */
    record Twin(Buf[] on) {
        Twin slab(int from, int to) {
            return map(b -> b.slab(from, to));
        }

        Twin reshape(int... dims) {
            return map(b -> b.reshape(Shape.of(dims)));
        }

        private Twin map(java.util.function.UnaryOperator<Buf> f) {
            return new Twin(java.util.Arrays.stream(on).map(f).toArray(Buf[]::new));
        }
    }

    /** A call with every buffer of device {@code i}: {@code twin.on()[i]}. */
    interface Call {
        void run(Kernels kernels, int device);
    }

    private final Backend[] devices;
    private final Random random;

    /** Reference, vectors with 1, 2 and 5 threads, and plain Java; all memory poisoned. */
    DevicePair(long seed) {
        random = new Random(seed);
        devices = new Backend[] {new ReferenceBackend(), new CpuBackend(new CpuOptions(1, true, false)),
            new CpuBackend(new CpuOptions(2, true, false)), new CpuBackend(new CpuOptions(5, true, false)),
            new CpuBackend(new CpuOptions(2, true, true))};
    }

    /** Device number of the plain Java one. */
    int scalar() {
        return devices.length - 1;
    }

    int devices() {
        return devices.length;
    }

    int nextInt(int bound) {
        return random.nextInt(bound);
    }

    /** Normal numbers times {@code spread} plus {@code centre}, dense. */
    Twin normal(double spread, double centre, int... dims) {
        return pitched(0, spread, centre, dims);
    }

    /** As {@link #normal}, each row {@code gap} elements longer than its shape says, beginning somewhere inside. */
    Twin pitched(int gap, double spread, double centre, int... dims) {
        var shape = Shape.of(dims);
        var values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * spread + centre);
        }
        return of(values, gap, shape);
    }

    Twin of(float[] values, int gap, Shape shape) {
        var on = new Buf[devices.length];
        for (int i = 0; i < on.length; i++) {
            on[i] = buffer(devices[i], devices[i].floatType(), gap, shape);
            devices[i].upload(values, on[i]);
        }
        return new Twin(on);
    }

    Twin ints(int... values) {
        var on = new Buf[devices.length];
        for (int i = 0; i < on.length; i++) {
            on[i] = buffer(devices[i], DType.I32, 0, Shape.of(values.length));
            devices[i].upload(values, on[i]);
        }
        return new Twin(on);
    }

    private static Buf buffer(Backend device, DType type, int gap, Shape shape) {
        int pitch = shape.last() + gap;
        int offset = gap / 2;
        var storage = device.allocate((shape.rows() * pitch + offset) * type.bytes());
        return new Buf(storage, offset, type, shape, pitch);
    }

    /** Contents undefined (NaN, where poisoned). */
    Twin empty(int... dims) {
        var on = new Buf[devices.length];
        for (int i = 0; i < on.length; i++) {
            on[i] = buffer(devices[i], devices[i].floatType(), 0, Shape.of(dims));
        }
        return new Twin(on);
    }

    void run(Call call) {
        for (int i = 0; i < devices.length; i++) {
            call.run(devices[i].kernels(), i);
        }
    }

    /** Relative error of the vector devices against the reference; their bits must be the same for all threads. */
    void check(String what, double tolerance, Twin t) {
        var expected = devices[0].downloadDoubles(t.on[0]);
        var first = devices[1].downloadFloats(t.on[1]);
        for (int i = 1; i < devices.length; i++) {
            var actual = devices[i].downloadFloats(t.on[i]);
            double error = error(expected, actual);
            assertTrue(error <= tolerance, what + " on device " + i + ": relative error " + error);
            assertTrue(i == scalar() || java.util.Arrays.equals(first, actual), what + ": other bits on device " + i);
        }
    }

    /** As {@link #check}, and plain Java gives the bits of the vectors. */
    void checkBits(String what, double tolerance, Twin t) {
        check(what, tolerance, t);
        var first = devices[1].downloadFloats(t.on[1]);
        var plain = devices[scalar()].downloadFloats(t.on[scalar()]);
        for (int i = 0; i < first.length; i++) {
            assertTrue(Float.floatToIntBits(first[i]) == Float.floatToIntBits(plain[i]),
                    what + ": element " + i + " is " + first[i] + " on vectors, " + plain[i] + " in plain Java");
        }
    }

    float[] floats(Twin t, int device) {
        return devices[device].downloadFloats(t.on[device]);
    }

    private static double error(double[] expected, float[] actual) {
        double square = 0;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            if (Double.isNaN(expected[i]) != Float.isNaN(actual[i])) {
                return Double.NaN;
            }
            if (Double.isFinite(expected[i])) {
                square += expected[i] * expected[i];
                difference += (expected[i] - actual[i]) * (expected[i] - actual[i]);
            }
        }
        return square == 0 ? Math.sqrt(difference) : Math.sqrt(difference / square);
    }

    @Override
    public void close() {
        for (var device : devices) {
            device.close();
        }
    }
}
