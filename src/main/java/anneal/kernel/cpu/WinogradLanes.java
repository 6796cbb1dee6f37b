package anneal.kernel.cpu;

/**
 * The transforms of Winograd's minimal filtering F(m x m, 3x3) (Lavin and Gray, "Fast Algorithms for Convolutional
 * Neural Networks", 2015, section 4): {@code Y = A' [(G g G') * (B' d B)] A} makes m by m results of a 3x3 filter g
 * from the patch d of input that they need. A tile is such a block of results; {@link WinogradTile} says how large it is.
 *
 * <p>All strides are in bytes. The numbers of a transformed tile, row by row, lie {@code ...Number} apart. Tiles and
 * filters are transformed a band of rows at a time. Every transform works down the columns first, then along the
 * rows, and every provider rounds where the others do.
 */
public interface WinogradLanes {
    /** Fewer channels are not taken: whole vectors only, the last of which may overlap its neighbour. */
    int FEWEST = 16;

    /**
     * Rows of {@code B' d B} for tiles side by side, m pixels apart.
     *
     * @param channels at least {@link #FEWEST}
     * @param from     the first patch's first pixel
     * @param to       its first number of this band
     */
    void input(int band, int tiles, int channels, long from, long fromRow, long fromPixel,
               long to, long toTile, long toNumber);

    /**
     * Rows of {@code G g G'} for {@code count} filters that lie side by side, a multiple of {@link #FEWEST}.
     *
     * @param from    their first taps
     * @param fromTap from one of the nine taps to the next
     * @param to      their first numbers of this band
     */
    void filter(int band, long count, long from, long fromTap, long to, long toNumber);

    /**
     * {@code A' m A} for tiles side by side: m by m pixels each. The numbers may be overwritten.
     *
     * @param channels rounded up to whole vectors
     */
    void output(int tiles, int channels, long from, long fromTile, long fromNumber, long to, long toRow, long toPixel);

    /** Rows of {@code A y A'}, from the gradients of m by m pixels a tile; as {@link #input}. */
    void gradient(int band, int tiles, int channels, long from, long fromRow, long fromPixel,
                  long to, long toTile, long toNumber);

    /** Row {@code row} of {@code G' m G}, three of the nine taps from all numbers; as {@link #filter}. */
    void filterGradient(int row, long count, long from, long fromNumber, long to, long toTap);
}
