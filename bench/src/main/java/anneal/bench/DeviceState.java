package anneal.bench;

import anneal.kernel.Backend;
import anneal.kernel.Buf;
import anneal.kernel.ConvAlgorithm;
import anneal.kernel.Lowering;
import anneal.kernel.Shape;
import anneal.kernel.cpu.CpuBackend;
import anneal.kernel.cpu.CpuOptions;
import anneal.kernel.reference.ReferenceBackend;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The device that a benchmark runs on, and buffers of fixed pseudo-random numbers there. */
@State(Scope.Benchmark)
public class DeviceState {

    @Param("cpu")
    public String device;

    @Param({"1", "2"})
    public int threads;

    /** Which way the cpu device convolves: a name of {@link ConvAlgorithm}. */
    @Param("AUTO")
    public ConvAlgorithm convolution;

    private final SplittableRandom random = new SplittableRandom(20);
    private Backend backend;
    private Lowering lowering;

    @Setup(Level.Trial)
    public void open() {
        backend = switch (device) {
            case "cpu" -> new CpuBackend(CpuOptions.defaults().withThreads(threads).with(convolution));
            case "reference" -> new ReferenceBackend();
            default -> throw new IllegalArgumentException("no device is called " + device);
        };
        lowering = new Lowering(backend);
    }

    @TearDown(Level.Trial)
    public void close() {
        backend.close();
    }

    Backend backend() {
        return backend;
    }

    Lowering lowering() {
        return lowering;
    }

    /** A dense buffer of this shape, its contents undefined; it lives as long as the device. */
    Buf buffer(int... dims) {
        var shape = Shape.of(dims);
        return Buf.dense(backend.allocate(shape.size() * backend.floatType().bytes()), backend.floatType(), shape);
    }

    /** A dense buffer filled with {@code values}. */
    Buf upload(float[] values, int... dims) {
        var buf = buffer(dims);
        backend.upload(values, buf);
        return buf;
    }

    /** Numbers uniform in [-1, 1). */
    float[] uniform(int count) {
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }

    /** Throws when a computed number is not what float64 gives, so that no wrong kernel is ever timed. */
    static void check(String what, double computed, double expected, int terms) {
        double tolerance = 1e-5 * Math.sqrt(terms);
        if (!(Math.abs(computed - expected) <= tolerance)) {
            throw new IllegalStateException(what + " is wrong: " + computed + " instead of " + expected);
        }
    }
}
