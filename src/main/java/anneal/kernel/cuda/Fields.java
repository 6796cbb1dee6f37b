package anneal.kernel.cuda;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import java.util.ArrayList;
import java.util.List;

/** Collects the fields of a kernel's struct parameter, in the order of their declaration in the .cu file. */
final class Fields {
    private final List<Object> fields = new ArrayList<>();

    /** Fields as they are: Integer, Long, Float or Double. */
    Fields add(Object... values) {
        fields.addAll(List.of(values));
        return this;
    }

    Fields addAll(long[] values) {
        for (long v : values) {
            fields.add(v);
        }
        return this;
    }

    /** An {@code Operand} of kernels/operand.cuh; {@code b} may be null. */
    Fields operand(Buf b) {
        return b == null ? add(0L, 0L, 0L) : operand(b.address(), b.rowPitch(), b.type());
    }

    /** A float32 or bfloat16 matrix at {@code address}. */
    Fields operand(long address, long pitch, DType type) {
        if (type != DType.F32 && type != DType.BF16) {
            throw new IllegalArgumentException("an operand of type " + type + "; cuda kernels take F32 and BF16");
        }
        return add(address, pitch, type == DType.BF16 ? 1L : 0L);
    }

    Struct struct() {
        return Struct.of(fields.toArray());
    }

    /** A single {@code Operand} as a parameter. */
    static Struct ofOperand(Buf b) {
        return new Fields().operand(b).struct();
    }

    /** Throws IllegalArgumentException unless all large operands of a call, null ones aside, have one element type. */
    static void sameType(Buf first, Buf... others) {
        for (var b : others) {
            if (b != null && b.type() != first.type()) {
                throw new IllegalArgumentException("operands of types " + first.type() + " and " + b.type()
                        + "; cuda kernels take one type for all large operands of a call");
            }
        }
    }

    /** Whether four elements beginning at a multiple of four can be read at once, in every row; null buffers can. */
    static boolean aligned(Buf... buffers) {
        for (var b : buffers) {
            if (b != null && (b.rowPitch() % 4 != 0 || b.address() % (4L * b.type().bytes()) != 0)) {
                return false;
            }
        }
        return true;
    }

    static int ceilDiv(long a, long b) {
        return Math.toIntExact((a + b - 1) / b);
    }

    /** The smallest power of two that is at least {@code n}, or 1. */
    static int powerOfTwo(long n) {
        return n <= 1 ? 1 : Math.toIntExact(Long.highestOneBit(n - 1) << 1);
    }
}
