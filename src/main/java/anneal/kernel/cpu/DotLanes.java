package anneal.kernel.cpu;

/**
 * Inner products of rows that both lie along memory: a product with few columns, whose vectors run along its terms
 * instead. Strides are in bytes.
 */
public interface DotLanes {
    /** {@link #multiply} takes depths that are a multiple of this many floats. */
    int width();

    /** Bytes of scratch that {@link #multiply} wants. */
    long scratchBytes();

    /**
     * {@code C[r, j] = sum over s, k of A[r, s, k] * B[j, s, k]} for r below {@code rows}, j below {@code cols}. Every
     * lane adds up its own terms, in the order in which they lie; the lanes are joined at the end, as a tree.
     *
     * @param segments extent of s
     * @param depth    extent of k, a multiple of {@link #width}
     * @param a        address of A[0, 0, 0], with the strides of its first two axes; k is dense
     * @param b        address of B[0, 0, 0], with the strides of its first two axes; k is dense
     * @param c        address of C[0, 0], with the stride of its rows; rows are dense
     * @param scratch  64-byte aligned, {@link #scratchBytes} of it
     */
    void multiply(int rows, int cols, int segments, int depth, long a, long aRow, long aSegment,
                  long b, long bCol, long bSegment, long c, long cRow, long scratch);
}
