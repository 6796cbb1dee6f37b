package anneal.nn;

import anneal.kernel.DType;
import anneal.kernel.Shape;
import anneal.tensor.Device;
import anneal.tensor.Tape;
import anneal.tensor.Tensor;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;

/** One number for every parameter of a model, in contiguous memory: values, gradients, a moment or an EMA. */
public final class ArenaBuffer {
    /** 64 bytes of the narrowest type (bfloat16), so that every kind of buffer has the same offsets. */
    private static final int ALIGNMENT = 32;

    private final Tensor flat;
    private final Map<Parameter, Tensor> views = new IdentityHashMap<>();

    ArenaBuffer(Device device, DType type, Collection<Parameter> parameters) {
        flat = device.owned(type, Shape.of(extent(parameters)));
        device.kernels().fill(flat.buf(), 0);
        // The views outlive this scope: what keeps their memory is the reference that `flat` has.
        try (var scope = device.scope()) {
            Tape.pause(device, () -> {
                int at = 0;
                for (var p : parameters) {
                    int size = Math.toIntExact(p.shape().size());
                    views.put(p, flat.columns(at, at + size).reshape(p.shape().toArray()));
                    at += aligned(size);
                }
                return null;
            });
        }
    }

    private static int extent(Collection<Parameter> parameters) {
        long total = parameters.stream().mapToLong(p -> aligned(Math.toIntExact(p.shape().size()))).sum();
        if (total > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a model of " + total + " parameters; an arena holds at most "
                    + Integer.MAX_VALUE);
        }
        return (int) total;
    }

    private static int aligned(int size) {
        return Math.ceilDiv(size, ALIGNMENT) * ALIGNMENT;
    }

    /** Everything, rank 1; the gaps between parameters are zero and stay so under every element-wise update. */
    public Tensor flat() {
        return flat;
    }

    /** The part that belongs to {@code p}, in its shape; throws IllegalArgumentException for another model's. */
    public Tensor of(Parameter p) {
        var view = views.get(p);
        if (view == null) {
            throw new IllegalArgumentException("a parameter of shape " + p.shape() + " that is not in this arena");
        }
        return view;
    }

    void close() {
        views.clear();
        flat.release();
    }
}
