package anneal.kernel.cpu;

import anneal.kernel.DType;
import java.lang.foreign.ValueLayout;

/** Single elements of any type by raw address, with the conversions of {@link anneal.kernel.HostTransfer}. */
public final class Elements {
    private static final ValueLayout.OfDouble F64 = ValueLayout.JAVA_DOUBLE_UNALIGNED;
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort BF16 = ValueLayout.JAVA_SHORT_UNALIGNED;

    private Elements() {
    }

    static double get(DType type, long address) {
        return switch (type) {
            case F32 -> Native.get(address);
            case F64 -> getDouble(address);
            case I32 -> getInt(address);
            case BF16 -> Float.intBitsToFloat(Native.ALL.get(BF16, address) << 16);
        };
    }

    static void set(DType type, long address, double value) {
        setBits(type, address, bits(type, value));
    }

    /** The element that {@code value} becomes, in the lowest bits. */
    static long bits(DType type, double value) {
        return switch (type) {
            case F32 -> Float.floatToRawIntBits((float) value);
            case F64 -> Double.doubleToRawLongBits(value);
            case I32 -> (int) value;
            case BF16 -> bfloat16((float) value);
        };
    }

    /** Writes {@code n} equal elements, at least 1: a few one by one, then what is there is copied behind itself. */
    static void fill(DType type, long address, long n, long bits) {
        long few = Math.min(n, 16);
        for (long i = 0; i < few; i++) {
            setBits(type, address + i * type.bytes(), bits);
        }
        long end = n * type.bytes();
        for (long done = few * type.bytes(); done < end; done *= 2) {
            Native.copy(address, address + done, Math.min(done, end - done));
        }
    }

    public static double getDouble(long address) {
        return Native.ALL.get(F64, address);
    }

    public static void setDouble(long address, double value) {
        Native.ALL.set(F64, address, value);
    }

    public static int getInt(long address) {
        return Native.ALL.get(I32, address);
    }

    private static void setBits(DType type, long address, long bits) {
        switch (type) {
            case F32, I32 -> Native.ALL.set(I32, address, (int) bits);
            case F64 -> setDouble(address, Double.longBitsToDouble(bits));
            case BF16 -> Native.ALL.set(BF16, address, (short) bits);
        }
    }

    /** Rounds to nearest, ties to even; NaN stays NaN. */
    private static int bfloat16(float f) {
        int bits = Float.floatToRawIntBits(f);
        if (Float.isNaN(f)) {
            return bits >>> 16 | 0x40;
        }
        return bits + 0x7fff + (bits >>> 16 & 1) >>> 16;
    }
}
