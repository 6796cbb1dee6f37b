package anneal.kernel;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A block of device memory with a reference count. It is born with one reference; whoever keeps it longer retains it.
 * When the count reaches zero the block goes back to its device at once, and every later use throws.
 */
public final class Storage {
    /** Takes a block back when its last reference is gone. */
    @FunctionalInterface
    public interface Releaser {
        void release(Storage storage);
    }

    private final MemorySegment segment;
    private final long address;
    private final long bytes;
    private final Releaser releaser;
    private final AtomicInteger references = new AtomicInteger(1);
    private volatile boolean frozen;

    /**
     * @param segment host memory of exactly {@code bytes} bytes, or {@link MemorySegment#NULL} when it is not host memory
     * @param address where the block lies in the device's address space
     */
    public Storage(MemorySegment segment, long address, long bytes, Releaser releaser) {
        this.segment = segment;
        this.address = address;
        this.bytes = bytes;
        this.releaser = releaser;
    }

    public long bytes() {
        return bytes;
    }

    /** Device address of the first byte; throws IllegalStateException after the last release. */
    public long address() {
        checkAlive();
        return address;
    }

    /** Host memory; throws IllegalStateException after the last release. */
    public MemorySegment segment() {
        checkAlive();
        return segment;
    }

    public boolean isAlive() {
        return references.get() > 0;
    }

    /** True when only one reference is left, so that its holder may write in place. */
    public boolean isExclusive() {
        return references.get() == 1;
    }

    /**
     * Promises that the contents stay as they are until the last release, as a model's that only samples do. A device
     * may then keep what it makes of them. Uploads, fills, copies, maps and optimiser steps that would write here are
     * refused from now on; other kernels' results are not looked at.
     */
    public void freeze() {
        checkAlive();
        frozen = true;
    }

    public boolean isFrozen() {
        return frozen;
    }

    /** @throws IllegalStateException if the contents are to stay as they are */
    public void checkWritable() {
        if (frozen) {
            throw new IllegalStateException("written to, although it was frozen");
        }
    }

    public void retain() {
        if (references.getAndUpdate(n -> n > 0 ? n + 1 : 0) == 0) {
            throw new IllegalStateException("storage retained after it was released");
        }
    }

    public void release() {
        int before = references.getAndUpdate(n -> Math.max(0, n - 1));
        if (before == 1) {
            releaser.release(this);
        } else if (before == 0) {
            throw new IllegalStateException("storage released more often than retained");
        }
    }

    private void checkAlive() {
        if (references.get() <= 0) {
            throw new IllegalStateException("storage used after it was released");
        }
    }
}
