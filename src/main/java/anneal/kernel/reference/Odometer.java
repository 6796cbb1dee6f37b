package anneal.kernel.reference;

import anneal.kernel.Shape;

/** Walks all indices of a box in row order while keeping a strided address. */
final class Odometer {
    private Odometer() {
    }

    interface Visitor {
        /** {@code a} and {@code b}: the index times the two sets of strides. */
        void visit(long a, long b);
    }

    /** Calls {@code visitor} for every index of {@code dims}, the last turning fastest. */
    static void run(int[] dims, long[] stridesA, long[] stridesB, Visitor visitor) {
        run(dims, stridesA, stridesB, 0, 0, 0, visitor);
    }

    private static void run(int[] dims, long[] sa, long[] sb, int axis, long a, long b, Visitor visitor) {
        if (axis == dims.length) {
            visitor.visit(a, b);
            return;
        }
        for (int i = 0; i < dims[axis]; i++) {
            run(dims, sa, sb, axis + 1, a + i * sa[axis], b + i * sb[axis], visitor);
        }
    }

    /** For every element of {@code whole} the place of the element of {@code part} that NumPy's broadcast gives it. */
    static int[] broadcast(Shape part, Shape whole) {
        var partStrides = part.strides();
        var strides = new long[whole.rank()];
        int missing = whole.rank() - part.rank();
        for (int axis = missing; axis < whole.rank(); axis++) {
            strides[axis] = part.dim(axis - missing) == 1 ? 0 : partStrides[axis - missing];
        }
        var where = new int[Math.toIntExact(whole.size())];
        run(whole.toArray(), whole.strides(), strides, (to, from) -> where[(int) to] = (int) from);
        return where;
    }
}
