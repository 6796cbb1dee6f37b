package anneal.kernel.cuda;

import anneal.kernel.Buf;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A kernel's argument that is a struct by value, with the natural alignment that C++ gives its fields; and how single
 * values are written. The bytes are made at the launch, in memory of {@link CudaContext}'s that serves every launch.
 */
final class Struct {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

    private final Object[] fields;
    private final int bytes;

    private Struct(Object[] fields) {
        this.fields = fields;
        long end = 0;
        long alignment = 1;
        for (var f : fields) {
            alignment = Math.max(alignment, elementBytes(f));
            end = aligned(end, elementBytes(f)) + elementBytes(f) * count(f);
        }
        bytes = Math.toIntExact(Math.max(1, aligned(end, alignment)));
    }

    /**
     * A struct by value.
     *
     * @param fields in order: Integer, Long, Float, Double, a Buf for a pointer to its first element, null for a null
     *               pointer; an int[], long[] or float[] for a C array
     */
    static Struct of(Object... fields) {
        return new Struct(fields);
    }

    int bytes() {
        return bytes;
    }

    /** @param start a multiple of 8 */
    void write(MemorySegment to, long start) {
        long at = start;
        for (var f : fields) {
            at = put(to, aligned(at, elementBytes(f)), f);
        }
    }

    /** Writes one value and returns where it ends. */
    static long put(MemorySegment to, long at, Object value) {
        switch (value) {
            case null -> to.set(LONG, at, 0);
            case Buf b -> to.set(LONG, at, b.address());
            case Integer i -> to.set(INT, at, i);
            case Long l -> to.set(LONG, at, l);
            case Float f -> to.set(FLOAT, at, f);
            case Double d -> to.set(DOUBLE, at, d);
            case int[] a -> MemorySegment.copy(a, 0, to, INT, at, a.length);
            case long[] a -> MemorySegment.copy(a, 0, to, LONG, at, a.length);
            case float[] a -> MemorySegment.copy(a, 0, to, FLOAT, at, a.length);
            default -> throw new IllegalArgumentException("a kernel's argument cannot be a "
                    + value.getClass().getSimpleName() + ": int, long, float, double, Buf, or Struct.of(...)");
        }
        return at + elementBytes(value) * count(value);
    }

    /** Bytes of a value, or of one element of an array. */
    static int elementBytes(Object value) {
        return value instanceof Integer || value instanceof Float || value instanceof int[] || value instanceof float[]
                ? 4 : 8;
    }

    private static long count(Object value) {
        return switch (value) {
            case int[] a -> a.length;
            case long[] a -> a.length;
            case float[] a -> a.length;
            case null, default -> 1;
        };
    }

    private static long aligned(long at, long alignment) {
        return (at + alignment - 1) / alignment * alignment;
    }
}
