package anneal.io;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Where a tensor of a PyTorch checkpoint lies: a strided view of a storage of its file.
 *
 * @param storage its name in the file
 * @param length  elements of the storage
 * @param offset  of the first element
 * @param strides in elements
 */
record TorchTensor(FileType type, String storage, long length, long offset, long[] shape, long[] strides) {
    /** @throws IllegalArgumentException in one line, if the view leaves its storage or has more elements than it */
    TorchTensor {
        if (shape.length != strides.length) {
            throw new IllegalArgumentException("a tensor of shape " + Arrays.toString(shape) + " with "
                    + strides.length + " strides");
        }
        long elements = TensorData.elementsOf(shape);
        if (elements > length) {
            throw new IllegalArgumentException("a tensor of shape " + Arrays.toString(shape) + " in a storage of "
                    + length + " elements");
        }
        try {
            long last = offset;
            for (int i = 0; i < shape.length && elements > 0; i++) {
                if (strides[i] < 0) {
                    throw new IllegalArgumentException("a tensor with negative strides");
                }
                last = Math.addExact(last, Math.multiplyExact(shape[i] - 1, strides[i]));
            }
            if (offset < 0 || elements > 0 && last >= length) {
                throw new IllegalArgumentException("a tensor that reaches element " + last + " of a storage of "
                        + length);
            }
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("a tensor whose strides exceed all bounds", e);
        }
    }

    long elements() {
        return TensorData.elementsOf(shape);
    }

    /** The elements in row-major order: a view where they lie so, else a copy. */
    TensorData in(MemorySegment bytes) {
        int size = type.bytes();
        if (elements() == 0) {
            return new TensorData(type, shape, MemorySegment.ofArray(new byte[0]));
        }
        if (isContiguous()) {
            return new TensorData(type, shape, bytes.asSlice(offset * size, elements() * size));
        }
        var copy = MemorySegment.ofArray(new byte[Math.toIntExact(elements() * size)]);
        var index = new long[shape.length];
        for (long i = 0; i < elements(); i++) {
            long at = offset;
            for (int axis = 0; axis < index.length; axis++) {
                at += index[axis] * strides[axis];
            }
            MemorySegment.copy(bytes, at * size, copy, i * size, size);
            for (int axis = index.length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) {
                index[axis] = 0;
            }
        }
        return new TensorData(type, shape, copy);
    }

    private boolean isContiguous() {
        long dense = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            if (shape[axis] != 1 && strides[axis] != dense) {
                return false;
            }
            dense *= shape[axis];
        }
        return true;
    }
}
