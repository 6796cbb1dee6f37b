package anneal.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.LongToDoubleFunction;

/**
 * A tensor as it lies in a file: row-major elements, little-endian, possibly a view of a mapped file.
 *
 * @param type  the elements' type
 * @param shape the extents, outermost first; empty for a scalar. Not to be modified
 * @param bytes exactly {@code elements * type.bytes()} bytes, of any alignment
 */
public record TensorData(FileType type, long[] shape, MemorySegment bytes) {

    private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(LITTLE);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE);
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    /** @throws IllegalArgumentException if the bytes are not as many as type and shape ask for */
    public TensorData {
        var wanted = Math.multiplyExact(elementsOf(shape), type.bytes());
        if (bytes.byteSize() != wanted) {
            throw new IllegalArgumentException("%s%s needs %d bytes, got %d"
                .formatted(type, Arrays.toString(shape), wanted, bytes.byteSize()));
        }
    }

    /**
     * The product of the extents, 1 for a scalar.
     *
     * @throws IllegalArgumentException if an extent is negative or the product exceeds a long
     */
    public static long elementsOf(long... shape) {
        long product = 1;
        for (long extent : shape) {
            if (extent < 0) {
                throw new IllegalArgumentException("negative extent in shape " + Arrays.toString(shape));
            }
            var high = Math.multiplyHigh(product, extent);
            product *= extent;
            if (high != 0 || product < 0) {
                throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " has more than 2^63 elements");
            }
        }
        return product;
    }

    public static TensorData of(float[] values, long... shape) {
        var data = empty(FileType.F32, values.length, shape);
        MemorySegment.copy(values, 0, data.bytes, FLOAT, 0, values.length);
        return data;
    }

    public static TensorData of(double[] values, long... shape) {
        var data = empty(FileType.F64, values.length, shape);
        MemorySegment.copy(values, 0, data.bytes, DOUBLE, 0, values.length);
        return data;
    }

    public static TensorData of(long[] values, long... shape) {
        var data = empty(FileType.I64, values.length, shape);
        MemorySegment.copy(values, 0, data.bytes, LONG, 0, values.length);
        return data;
    }

    public static TensorData of(int[] values, long... shape) {
        var data = empty(FileType.I32, values.length, shape);
        MemorySegment.copy(values, 0, data.bytes, INT, 0, values.length);
        return data;
    }

    /** Unsigned bytes (U8); the array is wrapped, not copied. */
    public static TensorData of(byte[] values, long... shape) {
        return new TensorData(FileType.U8, shape, MemorySegment.ofArray(values));
    }

    private static TensorData empty(FileType type, long length, long... shape) {
        var size = Math.multiplyExact(length, type.bytes());
        return new TensorData(type, shape, MemorySegment.ofArray(new byte[Math.toIntExact(size)]));
    }

    /** How many elements there are. */
    public long elements() {
        return elementsOf(shape);
    }

    /** The shape in ints. @throws ArithmeticException if an extent does not fit */
    public int[] intShape() {
        return Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
    }

    /** The elements rounded to float32; exact for every type but F64, I64 and I32. */
    public float[] toFloats() {
        var values = new float[length()];
        if (type == FileType.F32) {
            MemorySegment.copy(bytes, FLOAT, 0, values, 0, values.length);
            return values;
        }
        var get = reader();
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) get.applyAsDouble(i);
        }
        return values;
    }

    /** The elements as float64; exact for every type but I64. */
    public double[] toDoubles() {
        var values = new double[length()];
        if (type == FileType.F64) {
            MemorySegment.copy(bytes, DOUBLE, 0, values, 0, values.length);
            return values;
        }
        var get = reader();
        for (int i = 0; i < values.length; i++) {
            values[i] = get.applyAsDouble(i);
        }
        return values;
    }

    /** The elements of an integer or boolean tensor. @throws IllegalStateException if the type is floating */
    public long[] toLongs() {
        if (type.isFloating()) {
            throw new IllegalStateException("a tensor of " + type + " has no exact integers; read it with toDoubles");
        }
        var values = new long[length()];
        if (type == FileType.I64) {
            MemorySegment.copy(bytes, LONG, 0, values, 0, values.length);
            return values;
        }
        var get = reader();
        for (int i = 0; i < values.length; i++) {
            values[i] = (long) get.applyAsDouble(i);
        }
        return values;
    }

    /** The raw bytes, such as the pixels of a U8 tensor. */
    public byte[] toBytes() {
        return bytes.toArray(BYTE);
    }

    /**
     * The same values in another type, rounded to nearest even. F64 to a 16-bit type goes through float32.
     *
     * @throws IllegalArgumentException if the target is not a floating type
     */
    public TensorData cast(FileType target) {
        if (target == type) {
            return this;
        }
        if (!target.isFloating()) {
            throw new IllegalArgumentException("cannot cast " + type + " to " + target + ": only to a floating type");
        }
        var result = empty(target, elements(), shape);
        var get = reader();
        for (long i = 0, n = elements(); i < n; i++) {
            var value = get.applyAsDouble(i);
            switch (target) {
                case F64 -> result.bytes.set(DOUBLE, 8 * i, value);
                case F32 -> result.bytes.set(FLOAT, 4 * i, (float) value);
                case F16 -> result.bytes.set(SHORT, 2 * i, Float.floatToFloat16((float) value));
                default -> result.bytes.set(SHORT, 2 * i, bfloat16((float) value));
            }
        }
        return result;
    }

    /** Round to nearest even on the upper 16 bits; a NaN stays a (quiet) NaN. */
    static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    private int length() {
        var n = elements();
        if (n > Integer.MAX_VALUE - 8) {
            throw new IllegalStateException("a tensor of shape " + Arrays.toString(shape) + " does not fit an array");
        }
        return (int) n;
    }

    private LongToDoubleFunction reader() {
        return switch (type) {
            case F64 -> i -> bytes.get(DOUBLE, 8 * i);
            case F32 -> i -> bytes.get(FLOAT, 4 * i);
            case F16 -> i -> Float.float16ToFloat(bytes.get(SHORT, 2 * i));
            case BF16 -> i -> Float.intBitsToFloat(bytes.get(SHORT, 2 * i) << 16);
            case I64 -> i -> bytes.get(LONG, 8 * i);
            case I32 -> i -> bytes.get(INT, 4 * i);
            case I16 -> i -> bytes.get(SHORT, 2 * i);
            case I8 -> i -> bytes.get(BYTE, i);
            case U8 -> i -> bytes.get(BYTE, i) & 0xff;
            case BOOL -> i -> bytes.get(BYTE, i) == 0 ? 0 : 1;
        };
    }

    @Override
    public String toString() {
        return type + Arrays.toString(shape);
    }
}
