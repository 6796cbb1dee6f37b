package anneal.kernel.cpu;

/**
 * Inner loops of depthwise convolutions, which work on {@value #LINE} channels at a time: a pixel, a tap or a result is
 * a line of as many floats, and a row is lines one after another. Strides are in bytes.
 */
public interface DepthwiseLanes {
    /** Floats of a line: a cache line's. */
    int LINE = 16;
    /** Bytes of a line. */
    long BYTES = 4L * LINE;
    /** Results are made in multiples of so many lines. */
    int BLOCK = 4;
    /** Taps of one row whose sums are made together. */
    int TAPS = 7;

    /**
     * {@code to[j] = sum over a, b of x[a, j + b] * w[a, b]}, added in the order of the taps.
     *
     * @param columns results; up to {@link #BLOCK} - 1 more are written, from pixels that may hold anything
     * @param xRow    from a row of pixels to the next
     * @param tap     from a tap to the next; may be negative
     */
    void row(int kH, int kW, int columns, long x, long xRow, long w, long tap, long to);

    /**
     * {@code sums[b] += sum over j of x[j + b] * g[j]} for the {@link #TAPS} first b, added in the order of j.
     *
     * @param columns pixels of g
     */
    void sums(int columns, long x, long g, long sums);
}
