package anneal.study.predict;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Kernels;
import anneal.kernel.Plan;
import anneal.kernel.RandomSpec;
import anneal.kernel.Shape;
import anneal.kernel.Storage;
import anneal.kernel.cuda.CudaBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Hands out operands on one device and gives them back together. Contents are drawn there: zeros would multiply
 * faster.
 */
final class Operands implements AutoCloseable {
    private final CudaBackend device;
    private final List<Storage> storages = new ArrayList<>();

    Operands(CudaBackend device) {
        this.device = device;
    }

    Kernels kernels() {
        return device.kernels();
    }

    DType type() {
        return device.floatType();
    }

    /** Standard normal numbers of the device's float type, dense. */
    Buf of(int... dims) {
        var b = empty(type(), dims);
        if (dims.length == 1) {
            device.kernels().fill(b, 0.5);
            return b;
        }
        var samples = ints(IntStream.range(0, dims[0]).toArray());
        device.kernels().random(new RandomSpec(RandomSpec.Kind.NORMAL, 1, storages.size()), samples, ints(0), b);
        return b;
    }

    /** One number everywhere. */
    Buf filled(DType type, double value, int... dims) {
        var b = empty(type, dims);
        device.kernels().fill(b, value);
        return b;
    }

    Buf ints(int... values) {
        var b = empty(DType.I32, values.length);
        device.upload(values, b);
        return b;
    }

    Buf doubles(DType type, double... values) {
        var b = empty(type, values.length);
        device.upload(values, b);
        return b;
    }

    Buf empty(DType type, int... dims) {
        var shape = Shape.of(dims);
        var storage = device.allocate(shape.size() * type.bytes());
        storages.add(storage);
        return Buf.dense(storage, type, shape);
    }

    /** What a plan asks for, or null. */
    Buf workspace(Plan plan) {
        long words = plan.workspaceBytes() / Integer.BYTES;
        return words == 0 ? null : empty(DType.I32, Math.toIntExact(words));
    }

    @Override
    public void close() {
        device.synchronize();
        storages.forEach(Storage::release);
    }
}
