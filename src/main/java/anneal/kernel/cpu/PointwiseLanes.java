package anneal.kernel.cpu;

import anneal.kernel.MapOp;

/** Inner loops of {@link MapOp}: one run of the innermost axis. Every provider gives {@link PointwiseMath}'s bits. */
public interface PointwiseLanes {
    /** Floats in the block that stands for an operand with step 0: as many as the widest vector holds. */
    int BLOCK = 16;

    /**
     * {@code y[i] = f(a[i], b[i], c[i])} for i below {@code n}. Addresses and steps (from one element to the next) are
     * in bytes. An operand whose step is 0 lies as {@link #BLOCK} equal floats at its address; operands that f does
     * not have are not read.
     */
    void apply(MapOp f, int n, long y, long yStep, long a, long aStep, long b, long bStep, long c, long cStep);
}
