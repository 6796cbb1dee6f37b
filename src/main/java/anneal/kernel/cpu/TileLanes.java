package anneal.kernel.cpu;

/**
 * The universal inner loop of matrix products, convolutions and attention: a small matrix product over strided memory.
 *
 * <p>Every result is one chain of fused multiply-adds in the order of s and k that begins with zero and is then, if so
 * asked, added to C. So its bits depend neither on the provider nor on how a product is cut over rows and columns; and
 * cuts over k are the caller's, by {@link Parts}.
 */
public interface TileLanes {
    /** Floats in one vector: 1 without vectors. */
    int width();

    /** Columns of a panel: {@link #multiply} takes at most as many. */
    int PANEL = 64;

    /**
     * {@code C[r, j] (+)= sum over s, k of A[r, s, k] * B[s, k, j]} for r below {@code rows}, j below {@code cols}.
     * All strides are in bytes; rows of B and C are dense. B is read up to a vector's end beyond {@code cols}.
     *
     * @param rows     rows of A and C
     * @param cols     columns of B and C, 1 to {@link #PANEL}
     * @param segments extent of s
     * @param depth    extent of k
     * @param a        address of A[0, 0, 0], with the strides of its three axes
     * @param b        address of B[0, 0, 0], with the strides of its first two axes
     * @param c        address of C[0, 0], with the stride of its rows
     * @param add      add the finished sums to C; otherwise C is overwritten
     */
    void multiply(int rows, int cols, int segments, int depth, long a, long aSegment, long aRow, long aDepth,
                  long b, long bSegment, long bDepth, long c, long cRow, boolean add);
}
