package anneal.kernel.cpu;

import java.util.HashMap;
import java.util.Map;

/**
 * Blocks of off-heap memory that are used again and again: a freed block waits for the next request, because fresh
 * memory costs the operating system more time than most kernels take.
 *
 * <p>Small blocks and large ones lie in {@link Regions} of their own, so that a small one that lives long does not cut
 * a large free block in two. All methods may be called from any thread.
 */
public final class BlockPool implements AutoCloseable {
    private static final long SMALL = 1 << 16;
    /** A quiet NaN whose payload tells in a debugger where it came from. */
    private static final int POISON = 0x7fc0dead;

    private final boolean poison;
    private final Regions small = new Regions();
    private final Regions large = new Regions();
    private final Map<Long, Regions.Block> live = new HashMap<>();
    private long liveBytes;
    private long peakBytes;
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
        if (bytes < 0 || bytes > Long.MAX_VALUE / 2) {
            throw new IllegalArgumentException("cannot allocate " + bytes + " bytes");
        }
        long size = Math.max(Native.ALIGNMENT, Native.align(bytes));
        Regions.Block block;
        try {
            block = (size <= SMALL ? small : large).take(size, this::poison);
        } catch (OutOfMemoryError e) {
            throw new OutOfMemoryError("no " + (size >> 20) + " MiB more of native memory: "
                    + (liveBytes >> 20) + " MiB are in use; take a smaller batch or image");
        }
        live.put(block.address(), block);
        liveBytes += size;
        peakBytes = Math.max(peakBytes, liveBytes);
        return block.address();
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
        var block = live.remove(address);
        if (block == null) {
            throw new IllegalStateException("no live block at 0x" + Long.toHexString(address) + ": released twice?");
        }
        long size = block.size();
        liveBytes -= size;
        poison(address, size);
        (size <= SMALL ? small : large).giveBack(block);
    }

    /** Returns what is free, as far as whole regions are, to the operating system. */
    public synchronized void trim() {
        small.trim();
        large.trim();
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
        return small.bytes() + large.bytes();
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
            small.close();
            large.close();
            live.clear();
            liveBytes = 0;
        }
    }

    /** Fills memory with NaN if this pool was made to; the memory must lie within a live block. */
    synchronized void poison(long address, long size) {
        if (poison && !closed) {
            for (long at = address; at + Float.BYTES <= address + size; at += Float.BYTES) {
                Native.set(at, Float.intBitsToFloat(POISON));
            }
        }
    }
}
