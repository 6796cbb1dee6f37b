package anneal.tensor;

import anneal.kernel.Storage;
import java.util.ArrayList;
import java.util.List;

/**
 * A lifetime: every tensor made while a scope is the innermost one is freed when it closes, at once and in a fixed
 * order. Results leave through {@link #escape}.
 */
public final class Scope implements AutoCloseable {
    private final Device device;
    private final Scope parent;
    private final List<Storage> held = new ArrayList<>();
    private boolean open = true;

    Scope(Device device, Scope parent) {
        this.device = device;
        this.parent = parent;
    }

    /** Takes over one reference. */
    void adopt(Storage storage) {
        held.add(storage);
    }

    /** Lets {@code t} live on in the enclosing scope, and returns it. */
    public Tensor escape(Tensor t) {
        if (parent == null) {
            throw new IllegalStateException("nothing escapes from a device's outermost scope");
        }
        t.buf().storage().retain();
        parent.adopt(t.buf().storage());
        return t;
    }

    @Override
    public void close() {
        if (!open) {
            return;
        }
        device.closed(this);
        open = false;
        for (int i = held.size() - 1; i >= 0; i--) {
            held.get(i).release();
        }
        held.clear();
    }
}
