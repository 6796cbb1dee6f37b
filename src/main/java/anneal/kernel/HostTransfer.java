package anneal.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Uploads and downloads for devices whose storage is host memory; checked access, rows one after another. */
public final class HostTransfer {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfDouble F64 = ValueLayout.JAVA_DOUBLE_UNALIGNED;
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort BF16 = ValueLayout.JAVA_SHORT_UNALIGNED;

    private HostTransfer() {
    }

    public static void upload(float[] src, Buf dst) {
        checkLength(src.length, dst);
        forEachRow(dst, (row, at, n) -> {
            for (int i = 0; i < n; i++) {
                put(dst, at + i, src[(int) (row * n + i)]);
            }
        });
    }

    public static void upload(double[] src, Buf dst) {
        checkLength(src.length, dst);
        forEachRow(dst, (row, at, n) -> {
            for (int i = 0; i < n; i++) {
                put(dst, at + i, src[(int) (row * n + i)]);
            }
        });
    }

    public static void upload(int[] src, Buf dst) {
        checkLength(src.length, dst);
        forEachRow(dst, (row, at, n) -> {
            for (int i = 0; i < n; i++) {
                put(dst, at + i, src[(int) (row * n + i)]);
            }
        });
    }

    public static double[] downloadDoubles(Buf src) {
        double[] out = new double[Math.toIntExact(src.shape().size())];
        forEachRow(src, (row, at, n) -> {
            for (int i = 0; i < n; i++) {
                out[(int) (row * n + i)] = get(src, at + i);
            }
        });
        return out;
    }

    public static float[] downloadFloats(Buf src) {
        float[] out = new float[Math.toIntExact(src.shape().size())];
        forEachRow(src, (row, at, n) -> {
            for (int i = 0; i < n; i++) {
                out[(int) (row * n + i)] = (float) get(src, at + i);
            }
        });
        return out;
    }

    /** Element {@code at} of the buffer's storage, counted in elements from the storage's start. */
    public static double get(Buf b, long at) {
        MemorySegment s = b.storage().segment();
        return switch (b.type()) {
            case F32 -> s.getAtIndex(F32, at);
            case F64 -> s.getAtIndex(F64, at);
            case I32 -> s.getAtIndex(I32, at);
            case BF16 -> Float.intBitsToFloat(s.getAtIndex(BF16, at) << 16);
        };
    }

    /** Sets element {@code at} of the buffer's storage, rounding to its type. */
    public static void put(Buf b, long at, double value) {
        MemorySegment s = b.storage().segment();
        switch (b.type()) {
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

    private static void checkLength(int length, Buf b) {
        if (length != b.shape().size()) {
            throw new IllegalArgumentException(length + " numbers for a buffer of shape " + b.shape());
        }
    }

    private interface RowAction {
        void row(long row, long at, int n);
    }

    private static void forEachRow(Buf b, RowAction action) {
        if (b.shape().size() == 0) {
            return;
        }
        long rows = b.shape().rows();
        for (long r = 0; r < rows; r++) {
            action.row(r, b.offset() + r * b.rowPitch(), b.shape().last());
        }
    }
}
