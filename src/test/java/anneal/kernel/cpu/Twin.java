package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.HostTransfer;
import anneal.kernel.Lowering;
import anneal.kernel.Plan;
import anneal.kernel.Shape;
import anneal.kernel.Storage;
import anneal.kernel.cpu.scalar.ScalarLanes;
import anneal.kernel.reference.ReferenceBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The same random operands on the reference device and on several contexts of the cpu device. */
final class Twin implements AutoCloseable {
    private static final List<CpuContext> CONTEXTS = List.of(
            context(1, LanesLookup.best()), context(2, LanesLookup.best()), context(5, LanesLookup.best()),
            context(2, new ScalarLanes()));
    /** Of {@link #CONTEXTS}, those that must give the same bits: the last has other vectors. */
    private static final int SAME_BITS = 3;

    final ReferenceBackend reference = new ReferenceBackend(true);
    final Lowering lowering = new Lowering(reference);
    private final Random random;

    Twin(Random random) {
        this.random = random;
    }

    private static CpuContext context(int threads, Lanes lanes) {
        return new CpuContext(new BlockPool(true), new ThreadPool(threads), lanes);
    }

    /** An operand: on the reference device and as the numbers and pitch to make it again. */
    record Operand(Buf truth, float[] values, int pitch) {
        Shape shape() {
            return truth.shape();
        }

        Operand columns(int from, int to) {
            return new Operand(truth.columns(from, to), values, pitch);
        }
    }

    /** Normal random numbers, dense. */
    Operand normal(int... dims) {
        return pitched(0, dims);
    }

    /** Normal random numbers in rows that are {@code more} floats further apart than they are long. */
    Operand pitched(int more, int... dims) {
        var shape = Shape.of(dims);
        var values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return of(values, more, shape);
    }

    Operand of(float[] values, int more, Shape shape) {
        int pitch = shape.last() + more;
        var truth = new Buf(reference.allocate(8 * (shape.rows() * pitch + 1)), 1, DType.F64, shape, pitch);
        reference.upload(values, truth);
        return new Operand(truth, values, pitch);
    }

    /** One context's copies of operands; the buffers come in the order in which they are asked for. */
    static final class Side {
        final CpuContext context;
        private final List<Storage> storages = new ArrayList<>();

        Side(CpuContext context) {
            this.context = context;
        }

        Buf buf(Operand o) {
            if (o == null) {
                return null;
            }
            var buf = new Buf(storage(4 * (o.shape().rows() * o.pitch + 1)), 1, DType.F32, o.shape(), o.pitch);
            HostTransfer.upload(o.values, buf);
            return buf;
        }

        Buf workspace(Plan plan) {
            return Buf.dense(storage(plan.workspaceBytes()), DType.I32, Shape.of((int) (plan.workspaceBytes() / 4)));
        }

        private Storage storage(long bytes) {
            long address = context.memory().allocate(bytes);
            var storage = new Storage(Native.ALL.asSlice(address, bytes), address, bytes,
                    s -> context.memory().free(address));
            storages.add(storage);
            return storage;
        }
    }

    /** Runs on one side and returns the buffers to compare with the reference's. */
    interface Run {
        Buf[] on(Side side);
    }

    /** Compares all contexts with {@code truth}, in relative norm, and with each other, in bits. */
    void check(String name, double tolerance, Run run, Buf... truth) {
        var bits = new ArrayList<float[]>();
        for (int i = 0; i < CONTEXTS.size(); i++) {
            var side = new Side(CONTEXTS.get(i));
            var out = run.on(side);
            for (int j = 0; j < out.length; j++) {
                var values = HostTransfer.downloadFloats(out[j]);
                close(name + ", result " + j + ", context " + i, tolerance, reference.downloadDoubles(truth[j]), values);
                if (i == 0) {
                    bits.add(values);
                } else if (i < SAME_BITS) {
                    assertArrayEquals(bits.get(j), values, name + ": bits of context " + i);
                }
            }
            side.storages.forEach(Storage::release);
            assertEquals(0, side.context.memory().liveBytes(), "memory is given back");
        }
    }

    private static void close(String name, double tolerance, double[] truth, float[] values) {
        double error = 0;
        double norm = 0;
        for (int i = 0; i < truth.length; i++) {
            assertFalse(Float.isNaN(values[i]) && !Double.isNaN(truth[i]), name + ": NaN at " + i);
            if (truth[i] != values[i]) {
                error += (values[i] - truth[i]) * (values[i] - truth[i]);
            }
            norm += Double.isInfinite(truth[i]) ? 0 : truth[i] * truth[i];
        }
        assertTrue(error <= tolerance * tolerance * Math.max(norm, 1e-20), name + ": relative error "
                + Math.sqrt(error / norm));
    }

    @Override
    public void close() {
        reference.close();
    }
}
