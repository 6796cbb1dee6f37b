package anneal.kernel.reference;

import anneal.kernel.Backend;
import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.HostTransfer;
import anneal.kernel.Kernels;
import anneal.kernel.Storage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The reference device: float64 in host memory, everything done at once on the caller's thread. Blocks that are given
 * back are kept, by size, for the next request of that size.
 */
public final class ReferenceBackend implements Backend {
    /** Every byte of poisoned memory: NaN in each floating type, and -1, which is no index, as an integer. */
    private static final byte POISON = (byte) 0xff;
    private static final long ALIGNMENT = 64;

    private final boolean poison;
    private final Kernels kernels = new ReferenceKernels();
    private final Arena arena = Arena.ofShared();
    private final Map<Long, Deque<MemorySegment>> free = new HashMap<>();
    private long live;
    private long peak;
    private long held;
    private long storages;

    public ReferenceBackend() {
        this(false);
    }

    /** @param poison fill memory with NaN before it is handed out and when it comes back: stale reads become visible */
    public ReferenceBackend(boolean poison) {
        this.poison = poison;
    }

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public String description() {
        return "float64 in plain Java loops, one thread";
    }

    @Override
    public DType floatType() {
        return DType.F64;
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    @Override
    public Storage allocate(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("a storage of " + bytes + " bytes");
        }
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("the reference device is closed");
        }
        long size = Math.max(ALIGNMENT, (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        var blocks = free.get(size);
        var segment = blocks == null || blocks.isEmpty() ? reserve(size) : blocks.pop();
        live += size;
        peak = Math.max(peak, live);
        storages++;
        return new Storage(segment, segment.address(), size, storage -> takeBack(segment));
    }

    private MemorySegment reserve(long size) {
        try {
            var segment = arena.allocate(size, ALIGNMENT);
            held += size;
            return poisoned(segment);
        } catch (OutOfMemoryError e) {
            throw new OutOfDeviceMemory("reference device: " + size + " bytes asked for, " + held + " held, "
                    + (held - live) + " of them free in other sizes: " + e.getMessage());
        }
    }

    private void takeBack(MemorySegment segment) {
        live -= segment.byteSize();
        storages--;
        if (arena.scope().isAlive()) {
            free.computeIfAbsent(segment.byteSize(), size -> new ArrayDeque<>()).push(poisoned(segment));
        }
    }

    private MemorySegment poisoned(MemorySegment segment) {
        return poison ? segment.fill(POISON) : segment;
    }

    @Override
    public void poison(Storage block, long offset, long bytes) {
        if (arena.scope().isAlive()) {
            poisoned(block.segment().asSlice(offset, bytes));
        }
    }

    @Override
    public void upload(float[] src, Buf dst) {
        HostTransfer.upload(src, dst);
    }

    @Override
    public void upload(double[] src, Buf dst) {
        HostTransfer.upload(src, dst);
    }

    @Override
    public void upload(int[] src, Buf dst) {
        HostTransfer.upload(src, dst);
    }

    @Override
    public double[] downloadDoubles(Buf src) {
        return HostTransfer.downloadDoubles(src);
    }

    @Override
    public float[] downloadFloats(Buf src) {
        return HostTransfer.downloadFloats(src);
    }

    @Override
    public void synchronize() {
        // every call is done when it returns
    }

    @Override
    public MemoryUse memory() {
        return new MemoryUse(live, peak, held, storages);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            free.clear();
            held = 0;
            arena.close();
        }
    }
}
