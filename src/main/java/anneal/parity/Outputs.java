package anneal.parity;

import anneal.io.TensorData;
import anneal.kernel.DType;
import anneal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.LongStream;

/** Collects the results of a case under the fixture's names, in the device's own precision. */
final class Outputs {
    private final SequencedMap<String, TensorData> tensors = new LinkedHashMap<>();

    SequencedMap<String, TensorData> tensors() {
        return tensors;
    }

    Outputs put(String name, TensorData data) {
        tensors.put(name, data);
        return this;
    }

    /** A tensor as it is. */
    Outputs put(String name, Tensor t) {
        return put(name, dataOf(t));
    }

    /** An image [N, H, W, C] or a sequence [N, L, C], stored with its channels second. */
    Outputs putImage(String name, Tensor t) {
        return put(name, t.permute(Axes.channelsFirst(t.rank())));
    }

    Outputs put(String name, double... values) {
        return put(name, TensorData.of(values, values.length));
    }

    Outputs put(String name, int... values) {
        return put(name, TensorData.of(Arrays.stream(values).asLongStream().toArray(), values.length));
    }

    /** Many tensors of one shape, stacked along a new first axis. */
    static TensorData stack(Iterable<TensorData> rows) {
        var parts = new ArrayList<TensorData>();
        rows.forEach(parts::add);
        var shape = LongStream.concat(LongStream.of(parts.size()), Arrays.stream(parts.getFirst().shape())).toArray();
        var values = parts.stream().map(TensorData::toDoubles).flatMapToDouble(Arrays::stream).toArray();
        var stacked = TensorData.of(values, shape);
        return stacked.cast(parts.getFirst().type());
    }

    /** Copies a tensor to the host. */
    static TensorData dataOf(Tensor t) {
        var shape = Arrays.stream(t.shape().toArray()).asLongStream().toArray();
        if (t.dtype() == DType.I32) {
            return TensorData.of(Arrays.stream(t.toDoubles()).mapToLong(v -> (long) v).toArray(), shape);
        }
        return t.dtype() == DType.F64 ? TensorData.of(t.toDoubles(), shape) : TensorData.of(t.toFloats(), shape);
    }

    /** Copies an image [N, H, W, C] to the host as [N, C, H, W]. */
    static TensorData imageOf(Tensor t) {
        return dataOf(t.permute(Axes.channelsFirst(t.rank())));
    }
}
