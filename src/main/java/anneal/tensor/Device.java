package anneal.tensor;

import anneal.kernel.Backend;
import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.DeviceMemory;
import anneal.kernel.Kernels;
import anneal.kernel.Lowering;
import anneal.kernel.Shape;
import anneal.kernel.Storage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Where tensors live and operations run: an instance, never a global. It belongs to one thread at a time and keeps the
 * stack of open {@link Scope}s and the active {@link Tape}. Closing it gives all memory back.
 */
public final class Device implements AutoCloseable {
    private final Backend backend;
    private final Lowering lowering;
    private final DeviceMemory memory;
    private final boolean graphs;
    private final Deque<Scope> scopes = new ArrayDeque<>();
    private final Map<Object, Tensor> constants = new HashMap<>();
    private long constantBytes;
    private Tape activeTape;

    public Device(Backend backend) {
        this(backend, new Lowering(backend));
    }

    /** With a lowering of one's own; tests expand everything to compare with the fused kernels. */
    public Device(Backend backend, Lowering lowering) {
        this(backend, lowering, false);
    }

    /**
     * @param graphs whether steps that are the same every time are recorded as graphs ({@link ReplayedStep})
     * @throws IllegalArgumentException in one line, if the backend has none
     */
    public Device(Backend backend, Lowering lowering, boolean graphs) {
        if (graphs && !backend.canCapture()) {
            throw new IllegalArgumentException("device '" + backend.name() + "' has no graphs; cuda and sim do");
        }
        this.backend = backend;
        this.graphs = graphs;
        this.lowering = lowering;
        this.memory = lowering.memory();
        scopes.push(new Scope(this, null));
    }

    public String name() {
        return backend.name();
    }

    public Backend backend() {
        return backend;
    }

    public Kernels kernels() {
        return backend.kernels();
    }

    public Lowering lowering() {
        return lowering;
    }

    /** What networks compute in on this device: their parameters' type and their activations'. */
    public DType floatType() {
        return backend.floatType();
    }

    /**
     * Of everything else: images, noise, coefficients, statistics, losses, the gradients of parameters. float32 where
     * networks compute in bfloat16, else {@link #floatType}. Networks round at their entrance
     * ({@link Tensor#toFloating}) and hand out what they found as {@link Tensor#toWide}; an operation's result has the
     * type of what it is made of.
     */
    public DType wideType() {
        return floatType() == DType.BF16 ? DType.F32 : floatType();
    }

    /** Without the constants that operations share, which stay until the device is closed. */
    public Backend.MemoryUse memory() {
        var use = memory.use();
        return new Backend.MemoryUse(use.liveBytes() - constantBytes, use.peakBytes(), use.heldBytes(),
                use.liveStorages() - constants.size());
    }

    /** The most memory that plans of {@link #repeatedStep repeated steps} had set aside at once, in bytes. */
    public long plannedPeakBytes() {
        return memory.plannedPeakBytes();
    }

    /** Whether {@link ReplayedStep}s are recorded as graphs. */
    public boolean hasGraphs() {
        return graphs;
    }

    /** For a computation that is done again and again; close it after the last turn. */
    public RepeatedStep repeatedStep() {
        return new RepeatedStep(this, memory);
    }

    /** Opens a scope: what is made inside is freed when it closes, unless {@link Scope#escape escaped}. */
    public Scope scope() {
        Scope s = new Scope(this, scopes.peek());
        scopes.push(s);
        return s;
    }

    void closed(Scope s) {
        if (scopes.peek() != s) {
            throw new IllegalStateException("scopes must be closed innermost first");
        }
        scopes.pop();
    }

    Scope currentScope() {
        return scopes.peek();
    }

    /** Starts recording operations for differentiation, until the tape is closed. Tapes nest; the innermost records. */
    public Tape tape() {
        activeTape = new Tape(this, activeTape);
        return activeTape;
    }

    Tape activeTape() {
        return activeTape;
    }

    void activate(Tape tape) {
        activeTape = tape;
    }

    // ---- creation ----

    /** An uninitialised tensor of this device's wide type, in the current scope. */
    public Tensor empty(Shape shape) {
        return empty(wideType(), shape);
    }

    public Tensor empty(DType type, Shape shape) {
        Storage storage = memory.allocate(shape.size() * type.bytes());
        currentScope().adopt(storage);
        return new Tensor(this, Buf.dense(storage, type, shape));
    }

    /** An uninitialised tensor that belongs to no scope: the caller must {@link Tensor#release} it. */
    public Tensor owned(Shape shape) {
        return owned(wideType(), shape);
    }

    public Tensor owned(DType type, Shape shape) {
        return new Tensor(this, Buf.dense(memory.allocate(shape.size() * type.bytes()), type, shape));
    }

    public Tensor full(double value, Shape shape) {
        return full(value, wideType(), shape);
    }

    private Tensor full(double value, DType type, Shape shape) {
        Tensor t = empty(type, shape);
        kernels().fill(t.buf(), value);
        return t;
    }

    public Tensor zeros(Shape shape) {
        return zeros(wideType(), shape);
    }

    public Tensor zeros(DType type, Shape shape) {
        return full(0, type, shape);
    }

    public Tensor scalar(double value) {
        return full(value, Shape.of());
    }

    public Tensor of(float[] values, int... dims) {
        Tensor t = empty(Shape.of(dims));
        backend.upload(values, t.buf());
        return t;
    }

    public Tensor of(double[] values, int... dims) {
        Tensor t = empty(Shape.of(dims));
        backend.upload(values, t.buf());
        return t;
    }

    /** An I32 tensor: labels, indices, timesteps, sample numbers. */
    public Tensor ofInts(int[] values, int... dims) {
        Tensor t = empty(DType.I32, Shape.of(dims));
        backend.upload(values, t.buf());
        return t;
    }

    /**
     * Numbers that operations need again and again, such as interpolation matrices: made once for each key, and kept until
     * the device is closed.
     */
    Tensor constant(Object key, Supplier<double[]> values, int... dims) {
        return constants.computeIfAbsent(key, k -> {
            var shape = Shape.of(dims);
            long before = backend.memory().liveBytes();
            var t = new Tensor(this, Buf.dense(backend.allocate(shape.size() * wideType().bytes()), wideType(), shape));
            constantBytes += backend.memory().liveBytes() - before;
            t.copyFrom(values.get());
            return t;
        });
    }

    /** A view of {@code buf} as a tensor in the current scope. */
    Tensor view(Buf buf) {
        buf.storage().retain();
        currentScope().adopt(buf.storage());
        return new Tensor(this, buf);
    }

    @Override
    public void close() {
        while (!scopes.isEmpty()) {
            scopes.peek().close();
        }
        constants.values().forEach(Tensor::release);
        backend.close();
    }

    @Override
    public String toString() {
        return backend.description() + (graphs ? ", steps as graphs" : "");
    }
}
