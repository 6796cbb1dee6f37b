package anneal.kernel.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Off-heap memory by raw address. Kernels read and write through {@link #ALL}, one constant segment that spans the
 * address space: measured, it is as fast as an array and, unlike one, 64-byte aligned. It checks nothing, so whoever
 * hands an address to a kernel has checked the bounds before.
 */
public final class Native {
    /** All memory; an offset into it is an address. */
    public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    /** The layout that kernels read and write floats with; the aligned one would be tested at every access. */
    public static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    /** The byte order that kernels read and write vectors with. */
    public static final ByteOrder ORDER = ByteOrder.nativeOrder();
    /** Every block starts at a multiple of this many bytes: a cache line, and the widest vector. */
    public static final int ALIGNMENT = 64;

    /**
     * {@code address & ADDRESS} is the address itself, but now C2 knows that it is within {@link #ALL}. Without it
     * every access is tested, and every test keeps all vectors alive for the case that it fails, so that they are spilled.
     */
    public static final long ADDRESS = (1L << 62) - 1;
    /** The same for a distance: small multiples of {@code stride & STRIDE} may be added to a masked address. */
    public static final long STRIDE = (1L << 40) - 1;

    private Native() {
    }

    /**
     * A zero-filled block on a 64-byte boundary.
     *
     * @param arena owns the block: it lives until the arena is closed
     * @return its address; 64 readable bytes follow the block, so that a vector load may run over its end
     */
    public static long allocate(Arena arena, long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("cannot allocate " + bytes + " bytes");
        }
        return arena.allocate(Math.addExact(bytes, ALIGNMENT), ALIGNMENT).address();
    }

    /** {@code bytes} rounded up to the alignment. */
    public static long align(long bytes) {
        return bytes + ALIGNMENT - 1 & -ALIGNMENT;
    }

    /** The float at {@code address}. */
    public static float get(long address) {
        return ALL.get(FLOAT, address);
    }

    /** Stores a float at {@code address}. */
    public static void set(long address, float value) {
        ALL.set(FLOAT, address, value);
    }

    /** Copies bytes between blocks; they may overlap. */
    public static void copy(long from, long to, long bytes) {
        MemorySegment.copy(ALL, from, ALL, to, bytes);
    }

    /** Sets {@code bytes} bytes to zero. */
    public static void clear(long address, long bytes) {
        if (bytes > 0) {
            ALL.asSlice(address, bytes).fill((byte) 0);
        }
    }

    /** Copies an array's part to memory. */
    public static void copy(float[] from, int index, long to, int count) {
        MemorySegment.copy(from, index, ALL, FLOAT, to, count);
    }

    /** Copies memory to an array's part. */
    public static void copy(long from, float[] to, int index, int count) {
        MemorySegment.copy(ALL, FLOAT, from, to, index, count);
    }
}
