package anneal.kernel.cuda;

import anneal.kernel.Backend.MemoryUse;
import anneal.kernel.Backend.OutOfDeviceMemory;
import anneal.kernel.Storage;
import anneal.kernel.cuda.driver.Driver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Device memory that is used again: a block that is given back waits for the next request of its size class, without
 * waiting for the kernels that still use it, because whatever uses it next is enqueued behind them. A driver's own
 * allocation waits for the whole device.
 *
 * <p>Size classes are an eighth of a power of two apart, so a block is at most an eighth larger than asked for.
 */
final class CudaMemory {
    private static final long SMALLEST = 256;
    /** A quiet NaN as float32 and as bfloat16. */
    private static final int POISON = 0x7fc0dead;

    private final Driver driver;
    private final boolean poison;
    private final Map<Long, Deque<Long>> free = new HashMap<>();
    /** Whose the blocks are that are handed out now; null for everyone's. */
    private Reserved capturing;
    private long live;
    private long peak;
    private long held;
    private long blocks;
    private boolean closed;

    /** @param poison fill blocks with NaN when they are handed out and when they come back */
    CudaMemory(Driver driver, boolean poison) {
        this.driver = driver;
        this.poison = poison;
    }

    /** A block of at least {@code bytes} bytes, contents undefined; throws {@link OutOfDeviceMemory} for want of one. */
    Storage allocate(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("a storage of " + bytes + " bytes");
        }
        long size = sizeClass(bytes);
        var owner = capturing;
        long address = block(owner, size, bytes);
        live += size;
        peak = Math.max(peak, live);
        blocks++;
        driver.handedOut(address, bytes);
        return new Storage(driver.view(address, bytes), address, bytes, s -> takeBack(address, size, owner));
    }

    /** One that waits to be used again, the owner's own first, or a fresh one. */
    private long block(Reserved owner, long size, long asked) {
        Long own = owner == null ? null : poll(owner.free, size);
        Long any = own == null ? poll(free, size) : own;
        return any == null ? fresh(size, asked) : any;
    }

    private static Long poll(Map<Long, Deque<Long>> blocks, long size) {
        var waiting = blocks.get(size);
        return waiting == null ? null : waiting.poll();
    }

    private long fresh(long size, long asked) {
        long address = driver.allocate(size);
        if (address == 0 && capturing == null) {
            trim();
            address = driver.allocate(size);
        }
        if (address == 0) {
            throw new OutOfDeviceMemory(driver.name() + ": " + asked + " bytes asked for, " + held + " held ("
                    + live + " in use), " + driver.freeBytes() + " free on the device; take a smaller batch or image");
        }
        held += size;
        poison(address, size);
        return address;
    }

    private void takeBack(long address, long size, Reserved owner) {
        live -= size;
        blocks--;
        if (!closed) {
            poison(address, size);
            driver.handedOut(address, 0);
            // What a graph's recording takes back, it may hand out again: then the graph writes there at every launch.
            var keeper = capturing != null ? capturing : owner;
            push(keeper == null || keeper.closed ? free : keeper.free, size, address);
        }
    }

    private static void push(Map<Long, Deque<Long>> blocks, long size, long address) {
        blocks.computeIfAbsent(size, s -> new ArrayDeque<>()).push(address);
    }

    /** Blocks that a graph writes to whenever it is launched, so that nobody else may have them until it is closed. */
    final class Reserved implements AutoCloseable {
        private final Map<Long, Deque<Long>> free = new HashMap<>();
        private boolean closed;

        private Reserved() {
        }

        /** The recording is over. */
        void endCapture() {
            capturing = null;
        }

        @Override
        public void close() {
            closed = true;
            free.forEach((size, waiting) -> waiting.forEach(address -> push(CudaMemory.this.free, size, address)));
            free.clear();
        }
    }

    /** From now on what is handed out and taken back is a graph's own. */
    Reserved beginCapture() {
        capturing = new Reserved();
        return capturing;
    }

    boolean isCapturing() {
        return capturing != null;
    }

    /** Fills memory with NaN if this was made to. */
    void poison(long address, long size) {
        if (poison && !closed) {
            driver.set(address, POISON, size / Integer.BYTES);
        }
    }

    /** Returns what is not in use to the driver. */
    void trim() {
        driver.synchronize();
        free.forEach((size, waiting) -> {
            while (!waiting.isEmpty()) {
                driver.free(waiting.pop());
                held -= size;
            }
        });
    }

    static long sizeClass(long bytes) {
        if (bytes <= SMALLEST) {
            return SMALLEST;
        }
        long step = Math.max(SMALLEST, Long.highestOneBit(bytes - 1) / 8);
        return Math.multiplyExact((bytes + step - 1) / step, step);
    }

    MemoryUse use() {
        return new MemoryUse(live, peak, held, blocks);
    }

    /** Blocks that are given back from now on are the driver's, which closes after this. */
    void close() {
        closed = true;
        trim();
    }
}
