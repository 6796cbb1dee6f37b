package anneal.kernel.cpu;

/**
 * The transforms of Winograd's minimal filtering F(2x2, 3x3) (Lavin and Gray, "Fast Algorithms for Convolutional Neural
 * Networks", 2015, section 4.1): with {@code Y = A' [(G g G') * (B' d B)] A} two by two results of a 3x3 filter g take
 * 16 multiplications instead of 36. A tile is such a block of results, d the 4x4 patch of input that it needs.
 *
 * <p>All strides are in bytes. Numbers 0 to 15 of a transformed tile, row by row, lie {@code ...Number} apart.
 * Everything but the filters is computed a row of four numbers at a time. Sums are formed in the same order by every
 * provider, without contraction.
 */
public interface WinogradLanes {
    /** Fewer channels are not taken: whole vectors only, the last of which may overlap its neighbour. */
    int FEWEST = 16;

    /**
     * Row {@code row} of {@code B' d B} for tiles side by side, two pixels apart.
     *
     * @param channels at least {@link #FEWEST}
     * @param from     the first patch's first pixel
     * @param to       its first number of this row
     */
    void input(int row, int tiles, int channels, long from, long fromRow, long fromPixel,
               long to, long toTile, long toNumber);

    /**
     * Row {@code row} of {@code G g G'} for {@code count} filters that lie side by side, a multiple of {@link #FEWEST}.
     *
     * @param from    their first taps
     * @param fromTap from one of the nine taps to the next
     * @param to      their first numbers of this row
     */
    void filter(int row, long count, long from, long fromTap, long to, long toNumber);

    /**
     * {@code A' m A} for tiles side by side: two by two pixels each.
     *
     * @param channels rounded up to whole vectors
     */
    void output(int tiles, int channels, long from, long fromTile, long fromNumber, long to, long toRow, long toPixel);

    /** Row {@code row} of {@code A y A'}, from the gradients of two by two pixels a tile; as {@link #input}. */
    void gradient(int row, int tiles, int channels, long from, long fromRow, long fromPixel,
                  long to, long toTile, long toNumber);

    /** Row {@code row} of {@code G' m G}, three of the nine taps from sixteen numbers; as {@link #filter}. */
    void filterGradient(int row, long count, long from, long fromNumber, long to, long toTap);

    /** Rows 0 to 3 of B' are a pixel row {@code FIRST} plus {@code SIGN} times a pixel row {@code SECOND}. */
    int[] FIRST = {0, 1, 2, 1};
    /** See {@link #FIRST}. */
    int[] SECOND = {2, 2, 1, 3};
    /** See {@link #FIRST}. */
    float[] SIGN = {-1, 1, -1, -1};
    /** Rows 0 to 3 of A are {@code UPPER} times the upper pixel plus {@code LOWER} times the lower one. */
    float[] UPPER = {1, 1, 1, 0};
    /** See {@link #UPPER}. */
    float[] LOWER = {0, 1, -1, -1};
    /** Rows of G: what the rows of a filter are multiplied with. */
    float[][] G = {{1, 0, 0}, {0.5f, 0.5f, 0.5f}, {0.5f, -0.5f, 0.5f}, {0, 0, 1}};
    /** Columns of G. */
    float[][] G_TURNED = {{1, 0.5f, 0.5f, 0}, {0, 0.5f, -0.5f, 0}, {0, 0.5f, 0.5f, 1}};
}
