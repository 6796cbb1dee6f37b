package anneal.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Uploads and downloads for devices whose storage is host memory: checked access, rows one after another, a bulk copy
 * where the types agree.
 */
public final class HostTransfer {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfDouble F64 = ValueLayout.JAVA_DOUBLE_UNALIGNED;
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort BF16 = ValueLayout.JAVA_SHORT_UNALIGNED;

    private HostTransfer() {
    }

    /** See {@link Backend#upload(float[], Buf)}. */
    public static void upload(float[] src, Buf dst) {
        checkTarget(src.length, dst);
        var s = dst.storage().segment();
        forEachRow(dst, (first, at, n) -> {
            if (dst.type() == DType.F32) {
                MemorySegment.copy(src, first, s, F32, at * Float.BYTES, n);
                return;
            }
            for (int i = 0; i < n; i++) {
                put(s, dst.type(), at + i, src[first + i]);
            }
        });
    }

    /** See {@link Backend#upload(double[], Buf)}. */
    public static void upload(double[] src, Buf dst) {
        checkTarget(src.length, dst);
        var s = dst.storage().segment();
        forEachRow(dst, (first, at, n) -> {
            if (dst.type() == DType.F64) {
                MemorySegment.copy(src, first, s, F64, at * Double.BYTES, n);
                return;
            }
            for (int i = 0; i < n; i++) {
                put(s, dst.type(), at + i, src[first + i]);
            }
        });
    }

    /** See {@link Backend#upload(int[], Buf)}. */
    public static void upload(int[] src, Buf dst) {
        checkTarget(src.length, dst);
        var s = dst.storage().segment();
        forEachRow(dst, (first, at, n) -> {
            for (int i = 0; i < n; i++) {
                put(s, dst.type(), at + i, src[first + i]);
            }
        });
    }

    /** See {@link Backend#downloadDoubles}. */
    public static double[] downloadDoubles(Buf src) {
        var out = new double[Math.toIntExact(src.shape().size())];
        var s = src.storage().segment();
        forEachRow(src, (first, at, n) -> {
            if (src.type() == DType.F64) {
                MemorySegment.copy(s, F64, at * Double.BYTES, out, first, n);
                return;
            }
            for (int i = 0; i < n; i++) {
                out[first + i] = get(s, src.type(), at + i);
            }
        });
        return out;
    }

    /** See {@link Backend#downloadFloats}. */
    public static float[] downloadFloats(Buf src) {
        var out = new float[Math.toIntExact(src.shape().size())];
        var s = src.storage().segment();
        forEachRow(src, (first, at, n) -> {
            if (src.type() == DType.F32) {
                MemorySegment.copy(s, F32, at * Float.BYTES, out, first, n);
                return;
            }
            for (int i = 0; i < n; i++) {
                out[first + i] = (float) get(s, src.type(), at + i);
            }
        });
        return out;
    }

    /** Element {@code at} of the buffer's storage, counted in elements from the storage's start. */
    public static double get(Buf b, long at) {
        return get(b.storage().segment(), b.type(), at);
    }

    /** Sets element {@code at} of the buffer's storage, rounding to its type. */
    public static void put(Buf b, long at, double value) {
        put(b.storage().segment(), b.type(), at, value);
    }

    /** Element {@code at} of host memory that holds elements of {@code type}. */
    public static double get(MemorySegment s, DType type, long at) {
        return switch (type) {
            case F32 -> s.getAtIndex(F32, at);
            case F64 -> s.getAtIndex(F64, at);
            case I32 -> s.getAtIndex(I32, at);
            case BF16 -> Float.intBitsToFloat(s.getAtIndex(BF16, at) << 16);
        };
    }

    /** Sets element {@code at} of host memory, rounding to {@code type}; integers truncate. */
    public static void put(MemorySegment s, DType type, long at, double value) {
        switch (type) {
            case F32 -> s.setAtIndex(F32, at, (float) value);
            case F64 -> s.setAtIndex(F64, at, value);
            case I32 -> s.setAtIndex(I32, at, (int) value);
            case BF16 -> s.setAtIndex(BF16, at, toBf16((float) value));
        }
    }

    /** Round to nearest even; NaN stays NaN. */
    private static short toBf16(float f) {
        int bits = Float.floatToRawIntBits(f);
        if (Float.isNaN(f)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }

    private static void checkTarget(int length, Buf b) {
        b.storage().checkWritable();
        if (length != b.shape().size()) {
            throw new IllegalArgumentException(length + " numbers for a buffer of shape " + b.shape());
        }
    }

    private interface RowAction {
        /** {@code first}: index of the row's first element in the host array; {@code at}: in the storage. */
        void row(int first, long at, int n);
    }

    private static void forEachRow(Buf b, RowAction action) {
        int n = b.shape().last();
        if (b.isDense()) {
            action.row(0, b.offset(), Math.toIntExact(b.shape().size()));
            return;
        }
        for (long r = 0; r < b.shape().rows(); r++) {
            action.row(Math.toIntExact(r * n), b.offset() + r * b.rowPitch(), n);
        }
    }
}
