package anneal.tensor;

import anneal.kernel.DType;
import anneal.kernel.MapOp;
import anneal.kernel.Storage;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The record of one computation, for reverse-mode differentiation. Only operations that depend on a watched tensor are
 * recorded, and only what {@link #gradient} asks for is computed. A tape is used once.
 *
 * <pre>{@code
 * try (Tape tape = device.tape()) {
 *     tape.watch(x);
 *     Tensor gradient = tape.gradient(f(x).sum(), x)[0];
 * }
 * }</pre>
 */
public final class Tape implements AutoCloseable {
    private final Device device;
    private final Tape outer;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Tensor, Node> leaves = new IdentityHashMap<>();
    private boolean used;

    Tape(Device device, Tape outer) {
        this.device = device;
        this.outer = outer;
    }

    /** One recorded result, or a watched leaf (then {@code op} is null). */
    static final class Node {
        private final Tape tape;
        private final Op op;
        private final OpContext context;
        private final Tensor sink;
        private final DType type;
        private boolean needed = true;
        private Tensor gradient;

        /** @param type of the gradient */
        Node(Tape tape, Op op, OpContext context, Tensor sink, DType type) {
            this.tape = tape;
            this.op = op;
            this.context = context;
            this.sink = sink;
            this.type = type;
        }

        boolean isNeeded() {
            return needed;
        }

        void release() {
            if (context != null) {
                context.releaseSaved();
            }
            if (gradient != null) {
                gradient.buf().storage().release();
                gradient = null;
            }
        }
    }

    /** Makes gradients with respect to {@code ts} available, in the device's wide type. */
    public void watch(Tensor... ts) {
        for (Tensor t : ts) {
            leaves.put(t, new Node(this, null, null, null, device.wideType()));
        }
    }

    /** Watches a parameter whose gradient is added to {@code sink}, a tensor of the same shape, as it is found. */
    public void watchInto(Tensor parameter, Tensor sink) {
        leaves.put(parameter, new Node(this, null, null, sink, sink.dtype()));
    }

    Node nodeOf(Tensor t) {
        Node n = t.node();
        return n != null && n.tape == this ? n : leaves.get(t);
    }

    void record(Op op, OpContext context, Tensor out) {
        if (used) {
            throw new IllegalStateException("operation recorded on a tape whose gradient was taken already");
        }
        Node node = new Node(this, op, context, null, out.dtype());
        nodes.add(node);
        out.setNode(node);
    }

    /** Runs {@code body} without recording. */
    public static <T> T pause(Device device, Supplier<T> body) {
        Tape active = device.activeTape();
        device.activate(null);
        try {
            return body.get();
        } finally {
            device.activate(active);
        }
    }

    /** Gradients of the sum of {@code loss}'s elements with respect to {@code wrt}; zeros where there is no path. */
    public Tensor[] gradient(Tensor loss, Tensor... wrt) {
        return gradientFrom(loss, device.full(1, loss.shape()), wrt);
    }

    /** Adds the gradients of {@code loss} to the sinks of {@link #watchInto}. */
    public void backward(Tensor loss) {
        gradient(loss);
    }

    /** Gradients of sum(result * seed); the results belong to the current scope. */
    public Tensor[] gradientFrom(Tensor result, Tensor seed, Tensor... wrt) {
        if (used) {
            throw new IllegalStateException("the gradient of a tape can be taken once");
        }
        if (!seed.shape().equals(result.shape())) {
            throw new IllegalArgumentException("gradient of shape " + seed.shape() + " for a result of "
                    + result.shape());
        }
        used = true;
        device.activate(null);
        try {
            markNeeded(wrt);
            Node root = nodeOf(result);
            if (root != null && root.needed) {
                accumulate(root, seed);
            }
            for (int i = nodes.size() - 1; i >= 0; i--) {
                step(nodes.get(i));
            }
            return collect(wrt);
        } finally {
            device.activate(outer);
        }
    }

    private void markNeeded(Tensor[] wrt) {
        for (Node leaf : leaves.values()) {
            leaf.needed = leaf.sink != null;
        }
        for (Tensor t : wrt) {
            Node leaf = leaves.get(t);
            if (leaf == null) {
                throw new IllegalArgumentException("gradient asked for a tensor that the tape does not watch");
            }
            leaf.needed = true;
        }
        for (Node n : nodes) {
            n.needed = false;
            for (int i = 0; i < n.context.inputCount(); i++) {
                Node in = n.context.input(i);
                n.needed |= in != null && in.needed;
            }
        }
    }

    private void step(Node n) {
        if (n.gradient != null && n.needed) {
            try (Scope scope = device.scope()) {
                Tensor[] grads = n.op.backward(n.context, n.gradient);
                for (int i = 0; i < grads.length; i++) {
                    if (grads[i] != null && n.context.needs(i)) {
                        checkShape(n, i, grads[i]);
                        accumulate(n.context.input(i), grads[i]);
                    }
                }
            }
        }
        n.release();
    }

    private static void checkShape(Node n, int i, Tensor grad) {
        if (!grad.shape().equals(n.context.inputShape(i))) {
            throw new IllegalStateException(n.op + ": gradient " + grad.shape() + " for input " + i + " of shape "
                    + n.context.inputShape(i));
        }
    }

    private void accumulate(Node n, Tensor gradient) {
        MapOp add = MapOp.of(MapOp.Fn.ADD);
        if (n.sink != null) {
            device.kernels().map(add, n.sink.buf(), n.sink.buf(), gradient.buf());
            return;
        }
        Tensor g = gradient.as(n.type);
        Storage fresh = g.buf().storage();
        if (n.gradient == null) {
            fresh.retain();
            n.gradient = g;
            return;
        }
        Storage old = n.gradient.buf().storage();
        if (old.isExclusive()) {
            device.kernels().map(add, n.gradient.buf(), n.gradient.buf(), g.buf());
            return;
        }
        Tensor sum = device.owned(g.dtype(), g.shape());
        device.kernels().map(add, sum.buf(), n.gradient.buf(), g.buf());
        old.release();
        n.gradient = sum;
    }

    private Tensor[] collect(Tensor[] wrt) {
        Tensor[] out = new Tensor[wrt.length];
        for (int i = 0; i < wrt.length; i++) {
            Tensor g = leaves.get(wrt[i]).gradient;
            out[i] = g == null ? device.zeros(wrt[i].shape()) : device.view(g.buf());
        }
        return out;
    }

    @Override
    public void close() {
        if (device.activeTape() == this) {
            device.activate(outer);
        }
        for (Node n : nodes) {
            n.release();
        }
        for (Node n : leaves.values()) {
            n.release();
        }
        nodes.clear();
        leaves.clear();
    }
}
