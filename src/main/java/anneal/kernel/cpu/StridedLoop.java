package anneal.kernel.cpu;

import anneal.kernel.Buf;
import anneal.kernel.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A nest of loops over several strided operands, with as few and as long loops as possible: axes of one step are
 * dropped, and neighbours that all operands walk through as one axis are merged.
 *
 * <p>Strides are in elements. There is always an innermost axis, if only of extent 1; it is the caller's to run.
 */
final class StridedLoop {
    /** Extents of the outer axes. */
    private final int[] outer;
    /** Strides of the outer axes, [operand][axis]. */
    private final long[][] outerStrides;
    private final long inner;
    private final long[] innerStrides;

    private StridedLoop(int[] outer, long[][] outerStrides, long inner, long[] innerStrides) {
        this.outer = outer;
        this.outerStrides = outerStrides;
        this.inner = inner;
        this.innerStrides = innerStrides;
    }

    /** The loop over {@code shape} with every buffer broadcast to it. */
    static StridedLoop broadcast(Shape shape, Buf... operands) {
        var strides = new long[operands.length][];
        for (int i = 0; i < operands.length; i++) {
            strides[i] = strides(operands[i], shape);
        }
        return of(shape.toArray(), strides);
    }

    /** The loop over {@code dims}; {@code strides[operand][axis]}. */
    static StridedLoop of(int[] dims, long[][] strides) {
        List<Integer> kept = new ArrayList<>();
        var extents = new long[dims.length];
        for (int axis = 0; axis < dims.length; axis++) {
            if (dims[axis] == 1) {
                continue;
            }
            int last = kept.isEmpty() ? -1 : kept.getLast();
            if (last >= 0 && mergeable(strides, last, axis, dims[axis])
                    && extents[last] * dims[axis] <= Integer.MAX_VALUE) {
                kept.removeLast();
                extents[axis] = extents[last] * dims[axis];
            } else {
                extents[axis] = dims[axis];
            }
            kept.add(axis);
        }
        int outerAxes = Math.max(0, kept.size() - 1);
        int[] outer = new int[outerAxes];
        var outerStrides = new long[strides.length][outerAxes];
        var innerStrides = new long[strides.length];
        for (int i = 0; i < outerAxes; i++) {
            outer[i] = Math.toIntExact(extents[kept.get(i)]);
            for (int op = 0; op < strides.length; op++) {
                outerStrides[op][i] = strides[op][kept.get(i)];
            }
        }
        if (kept.isEmpty()) {
            Arrays.fill(innerStrides, 1);
            return new StridedLoop(outer, outerStrides, 1, innerStrides);
        }
        int axis = kept.getLast();
        for (int op = 0; op < strides.length; op++) {
            innerStrides[op] = strides[op][axis];
        }
        return new StridedLoop(outer, outerStrides, extents[axis], innerStrides);
    }

    private static boolean mergeable(long[][] strides, int out, int in, int inExtent) {
        for (var s : strides) {
            if (s[out] != s[in] * inExtent) {
                return false;
            }
        }
        return true;
    }

    /** Strides of {@code b} over the axes of {@code shape}, 0 where it is broadcast. */
    static long[] strides(Buf b, Shape shape) {
        var from = b.shape();
        int missing = shape.rank() - from.rank();
        if (missing < 0) {
            throw new IllegalArgumentException("a buffer of shape " + from + " does not broadcast to " + shape);
        }
        var strides = new long[shape.rank()];
        long stride = 1;
        for (int i = from.rank() - 1; i >= 0; i--) {
            int extent = from.dim(i);
            if (extent != 1 && extent != shape.dim(i + missing)) {
                throw new IllegalArgumentException("a buffer of shape " + from + " does not broadcast to " + shape);
            }
            strides[i + missing] = extent == 1 ? 0 : stride;
            stride = i == from.rank() - 1 ? b.rowPitch() : stride * extent;
        }
        return strides;
    }

    /** How often the innermost axis is run. */
    long rows() {
        long n = 1;
        for (int extent : outer) {
            n *= extent;
        }
        return n;
    }

    /** Extent of the innermost axis. */
    long inner() {
        return inner;
    }

    /** Stride of an operand along the innermost axis. */
    long innerStride(int operand) {
        return innerStrides[operand];
    }

    /** Where an operand's part of the {@code row}-th run of the innermost axis begins, in elements. */
    long offset(int operand, long row) {
        long at = 0;
        var strides = outerStrides[operand];
        for (int axis = outer.length - 1; axis > 0; axis--) {
            long next = row / outer[axis];
            at += (row - next * outer[axis]) * strides[axis];
            row = next;
        }
        return outer.length == 0 ? 0 : at + row * strides[0];
    }

    /** The outer axis along which an operand has this stride, or -1. */
    int axisOfStride(int operand, long stride) {
        for (int axis = 0; axis < outer.length; axis++) {
            if (outerStrides[operand][axis] == stride) {
                return axis;
            }
        }
        return -1;
    }

    /** Extent of an outer axis. */
    long outerExtent(int axis) {
        return outer[axis];
    }

    /** Stride of an operand along an outer axis. */
    long outerStride(int operand, int axis) {
        return outerStrides[operand][axis];
    }

    /** This nest without one of its outer axes, standing at that axis's first step. */
    StridedLoop withoutOuter(int axis) {
        var fewer = new long[outerStrides.length][];
        for (int op = 0; op < fewer.length; op++) {
            fewer[op] = without(outerStrides[op], axis);
        }
        int[] extents = new int[outer.length - 1];
        for (int i = 0; i < extents.length; i++) {
            extents[i] = outer[i < axis ? i : i + 1];
        }
        return new StridedLoop(extents, fewer, inner, innerStrides);
    }

    private static long[] without(long[] values, int index) {
        var rest = new long[values.length - 1];
        System.arraycopy(values, 0, rest, 0, index);
        System.arraycopy(values, index + 1, rest, index, rest.length - index);
        return rest;
    }
}
