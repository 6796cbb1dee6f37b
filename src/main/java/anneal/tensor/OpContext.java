package anneal.tensor;

import anneal.kernel.Kernels;
import anneal.kernel.Lowering;
import anneal.kernel.Shape;
import java.util.ArrayList;
import java.util.List;

/** What one application of an {@link Op} remembers between forward and backward. */
public final class OpContext {
    private final Device device;
    private final Tape.Node[] inputs;
    private final Shape[] inputShapes;
    private final List<Tensor> saved = new ArrayList<>();
    private final boolean tracked;

    OpContext(Device device, Tensor[] in, Tape tape) {
        this.device = device;
        this.inputs = new Tape.Node[in.length];
        this.inputShapes = new Shape[in.length];
        boolean any = false;
        for (int i = 0; i < in.length; i++) {
            if (in[i] != null) {
                inputShapes[i] = in[i].shape();
                inputs[i] = tape == null ? null : tape.nodeOf(in[i]);
                any |= inputs[i] != null;
            }
        }
        this.tracked = any;
    }

    public Device device() {
        return device;
    }

    public Kernels kernels() {
        return device.kernels();
    }

    public Lowering lowering() {
        return device.lowering();
    }

    /** True when the result takes part in a differentiation. */
    public boolean isTracked() {
        return tracked;
    }

    /** True when the gradient with respect to input {@code i} is wanted. */
    public boolean needs(int i) {
        return inputs[i] != null && inputs[i].isNeeded();
    }

    public boolean needsAny(int... which) {
        for (int i : which) {
            if (needs(i)) {
                return true;
            }
        }
        return false;
    }

    /** Shape of input {@code i}, or null if it was not given. */
    public Shape inputShape(int i) {
        return inputShapes[i];
    }

    int inputCount() {
        return inputs.length;
    }

    Tape.Node input(int i) {
        return inputs[i];
    }

    /** Keeps tensors (null allowed) alive for backward; does nothing when no gradient will be asked for. */
    public void save(Tensor... tensors) {
        if (!tracked) {
            return;
        }
        for (Tensor t : tensors) {
            if (t != null) {
                t.buf().storage().retain();
            }
            saved.add(t);
        }
    }

    /** What was saved as number {@code i}. */
    public Tensor saved(int i) {
        return saved.get(i);
    }

    void releaseSaved() {
        for (Tensor t : saved) {
            if (t != null) {
                t.buf().storage().release();
            }
        }
        saved.clear();
    }
}
