package anneal.kernel.cpu;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;

/**
 * Blocks of off-heap memory that are used again and again: a freed block waits in the list of its size class for the
 * next request, because fresh memory costs the operating system more time than most kernels take.
 *
 * <p>Size classes are an eighth of a power of two apart, so a block is at most an eighth larger than asked for.
 * Small classes are carved from slabs. All methods may be called from any thread.
 */
public final class BlockPool implements AutoCloseable {
    private static final int SMALLEST = Native.ALIGNMENT;
    private static final long SLAB = 1 << 18;
    /** A quiet NaN whose payload tells in a debugger where it came from. */
    private static final int POISON = 0x7fc0dead;

    private final boolean poison;
    private final Map<Long, FreeList> free = new HashMap<>();
    private final Map<Long, Arena> large = new HashMap<>();
    private final Map<Long, Long> live = new HashMap<>();
    private final Arena slabs = Arena.ofShared();
    private long slabNext;
    private long slabEnd;
    private long liveBytes;
    private long peakBytes;
    private long reservedBytes;
    private boolean closed;

    /** A pool that leaves freed blocks as they are. */
    public BlockPool() {
        this(false);
    }

    /** @param poison fill fresh and freed blocks with NaN, so that a read of either shows in the result */
    public BlockPool(boolean poison) {
        this.poison = poison;
    }

    /**
     * A block of at least {@code bytes} bytes on a 64-byte boundary, contents undefined.
     *
     * @return its address
     */
    public synchronized long allocate(long bytes) {
        if (closed) {
            throw new IllegalStateException("the memory pool is closed");
        }
        long size = sizeClass(bytes);
        var list = free.get(size);
        long address = list == null || list.isEmpty() ? fresh(size) : list.pop();
        live.put(address, size);
        liveBytes += size;
        peakBytes = Math.max(peakBytes, liveBytes);
        return address;
    }

    /**
     * Gives a block back.
     *
     * @throws IllegalStateException if the address is not that of a live block, which is what a second release is
     */
    public synchronized void free(long address) {
        if (closed) {
            return;
        }
        var size = live.remove(address);
        if (size == null) {
            throw new IllegalStateException("no live block at 0x" + Long.toHexString(address) + ": released twice?");
        }
        liveBytes -= size;
        poison(address, size);
        free.computeIfAbsent(size, _ -> new FreeList()).push(address);
    }

    /** Returns the large free blocks to the operating system. */
    public synchronized void trim() {
        free.forEach((size, list) -> {
            if (size > SLAB / 2) {
                while (!list.isEmpty()) {
                    large.remove(list.pop()).close();
                    reservedBytes -= size;
                }
            }
        });
    }

    /** Bytes in blocks that are in use. */
    public synchronized long liveBytes() {
        return liveBytes;
    }

    /** The most that {@link #liveBytes} has been. */
    public synchronized long peakBytes() {
        return peakBytes;
    }

    /** Bytes taken from the operating system, free blocks included. */
    public synchronized long reservedBytes() {
        return reservedBytes;
    }

    /** Blocks in use. */
    public synchronized int liveBlocks() {
        return live.size();
    }

    /** Returns everything to the operating system, live blocks too. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            large.values().forEach(Arena::close);
            slabs.close();
            large.clear();
            free.clear();
            live.clear();
            liveBytes = 0;
            reservedBytes = 0;
        }
    }

    static long sizeClass(long bytes) {
        if (bytes < 0 || bytes > Long.MAX_VALUE / 2) {
            throw new IllegalArgumentException("cannot allocate " + bytes + " bytes");
        }
        if (bytes <= SMALLEST) {
            return SMALLEST;
        }
        long step = Math.max(SMALLEST, Long.highestOneBit(bytes - 1) / 8);
        return (bytes + step - 1) / step * step;
    }

    private long fresh(long size) {
        long address = size > SLAB / 2 ? own(size) : carve(size);
        poison(address, size);
        return address;
    }

    private long own(long size) {
        var arena = Arena.ofShared();
        try {
            long address = Native.allocate(arena, size);
            large.put(address, arena);
            reservedBytes += size;
            return address;
        } catch (OutOfMemoryError e) {
            arena.close();
            throw new OutOfMemoryError("no " + (size >> 20) + " MiB more of native memory: "
                    + (liveBytes >> 20) + " MiB are in use; take a smaller batch or image");
        }
    }

    private long carve(long size) {
        if (slabEnd - slabNext < size) {
            slabNext = Native.allocate(slabs, SLAB);
            slabEnd = slabNext + SLAB;
            reservedBytes += SLAB;
        }
        long address = slabNext;
        slabNext += size;
        return address;
    }

    private void poison(long address, long size) {
        if (poison) {
            for (long at = address; at < address + size; at += Float.BYTES) {
                Native.set(at, Float.intBitsToFloat(POISON));
            }
        }
    }

    /** A stack of addresses. */
    private static final class FreeList {
        private long[] addresses = new long[8];
        private int count;

        boolean isEmpty() {
            return count == 0;
        }

        void push(long address) {
            if (count == addresses.length) {
                addresses = java.util.Arrays.copyOf(addresses, 2 * count);
            }
            addresses[count++] = address;
        }

        long pop() {
            return addresses[--count];
        }
    }
}
