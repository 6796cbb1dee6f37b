package anneal.tensor;

/**
 * A differentiable operation: one small class that says forward and backward. The list is closed, so that the gradient
 * checks can enumerate it; an operation without a check fails the build (OpGradientTest).
 */
public sealed interface Op permits Attention, Binary, Cast, Checkpoint, Columns, Concat, Conv2d, ConvTranspose2d,
        DepthwiseConv2d, Dropout, Embedding, GroupNorm, Linear, LinearAttention, MatMul, Pad, Permute, Reduction,
        Resampling, Reshape, Select, Slice, Softmax, Unary {

    /** Computes the result from {@code in} (optional inputs may be null); saves in {@code c} what backward needs. */
    Tensor forward(OpContext c, Tensor[] in);

    /**
     * Gradients with respect to the inputs from that of the result, in the order of the inputs; null where
     * {@link OpContext#needs} says that none is wanted. The gradient that comes in may be dense or pitched and may be
     * passed on as it is, but not written to.
     */
    Tensor[] backward(OpContext c, Tensor gradient);

    /** Runs {@code op} on {@code in} and records it on the active tape if anything in it is being differentiated. */
    static Tensor apply(Op op, Tensor... in) {
        Device device = deviceOf(in);
        Tape tape = device.activeTape();
        OpContext c = new OpContext(device, in, tape);
        Tensor out;
        try (Scope scope = device.scope()) {
            out = scope.escape(op.forward(c, in));
        }
        if (c.isTracked()) {
            tape.record(op, c, out);
        }
        return out;
    }

    private static Device deviceOf(Tensor[] in) {
        Device device = null;
        for (Tensor t : in) {
            if (t == null) {
                continue;
            }
            if (device != null && device != t.device()) {
                throw new IllegalArgumentException("tensors of two devices in one operation: " + device.name()
                        + " and " + t.device().name());
            }
            device = t.device();
        }
        return device;
    }
}
