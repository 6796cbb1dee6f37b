package anneal.kernel;

/**
 * Where the tensors of a device get their memory: from its pool, or while a {@link StepMemory} is open from that step's
 * plan. Belongs to one thread at a time, like its {@link Backend}.
 */
public final class DeviceMemory {
    private static final long BLOCK = 64;

    private final Backend backend;
    private StepMemory open;
    private long arenaBytes;
    private long mostArenaBytes;
    private long arenas;
    private long plannedBytes;
    private long plannedBlocks;

    public DeviceMemory(Backend backend) {
        this.backend = backend;
    }

    /** As {@link Backend#allocate}. */
    public Storage allocate(long bytes) {
        return open == null ? backend.allocate(bytes) : open.allocate(bytes);
    }

    /** As {@link Backend#memory}, but an arena counts with the blocks that are in use in it; the peak counts it whole. */
    public Backend.MemoryUse use() {
        var use = backend.memory();
        return new Backend.MemoryUse(use.liveBytes() - arenaBytes + plannedBytes, use.peakBytes(), use.heldBytes(),
                use.liveStorages() - arenas + plannedBlocks);
    }

    /** The most bytes that plans had set aside at once; 0 if no step was ever replayed. */
    public long plannedPeakBytes() {
        return mostArenaBytes;
    }

    Backend backend() {
        return backend;
    }

    /** Lets {@code step} hand out the memory from now on; returns who did before, or null. */
    StepMemory open(StepMemory step) {
        var before = open;
        open = step;
        return before;
    }

    /** An arena for a plan, after what the pool holds in vain has gone back to the system. */
    Storage arena(long bytes) {
        backend.trim();
        var arena = backend.allocate(bytes);
        long taken = rounded(bytes);
        arenas++;
        arenaBytes += taken;
        mostArenaBytes = Math.max(mostArenaBytes, arenaBytes);
        return new Storage(arena.segment(), arena.address(), bytes, s -> {
            arenas--;
            arenaBytes -= taken;
            arena.release();
        });
    }

    void taken(long bytes) {
        plannedBytes += rounded(bytes);
        plannedBlocks++;
    }

    void returned(long bytes) {
        plannedBytes -= rounded(bytes);
        plannedBlocks--;
    }

    /** As the pools count. */
    private static long rounded(long bytes) {
        return Math.max(BLOCK, (bytes + BLOCK - 1) / BLOCK * BLOCK);
    }
}
