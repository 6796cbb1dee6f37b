package anneal.kernel.cpu;

import anneal.kernel.ConvAlgorithm;
import anneal.kernel.ConvSpec;

/**
 * Winograd's F(m x m, 3x3) for the two tiles that there are, and the one place that says which convolutions take which.
 *
 * <p>The larger tile needs 2.25 multiplications a result instead of 4 (9 without Winograd), and is less exact.
 */
public enum WinogradTile {
    /** Tiles of 2x2 results from 4x4 pixels, by the points 0, 1, -1 and infinity. */
    F2(2, 0, 1, 2, 3, 4),
    /** Tiles of 4x4 results from 6x6 pixels, by the points of {@link WinogradPoints}. */
    F4(4, 0, 1, 3, 5, 6);

    /** An image with fewer multiplications is not worth it. */
    private static final int WORK = 2 << 20;
    /** Pixels of an image from which a tile of 4x4 saves more than its weights, over twice as many, cost to read. */
    private static final int F4_PIXELS = 144;

    private final int result;
    private final int[] bandRows;

    WinogradTile(int result, int... bandRows) {
        this.result = result;
        this.bandRows = bandRows;
    }

    /** Rows, and columns, of results: m. */
    public int result() {
        return result;
    }

    /** Rows, and columns, of the input that a tile needs, and of its transformed numbers. */
    public int patch() {
        return result + 2;
    }

    /** Numbers of a transformed tile. */
    public int numbers() {
        return patch() * patch();
    }

    /** Transforms make so many bands of rows, one at a time. */
    public int bands() {
        return bandRows.length - 1;
    }

    /** The first row of numbers of a band; that of the band after the last one ends it. */
    public int bandRow(int band) {
        return bandRows[band];
    }

    /** The most numbers that a band has. */
    int bandNumbers() {
        int most = 0;
        for (int band = 0; band < bands(); band++) {
            most = Math.max(most, bandRow(band + 1) - bandRow(band));
        }
        return most * patch();
    }

    /** Tiles that cover an extent. */
    int tiles(int extent) {
        return (extent + result - 1) / result;
    }

    /** An extent with the border that tiles read. */
    int padded(int extent) {
        return tiles(extent) * result + 2;
    }

    /** The tile that a convolution is computed with, or null where it is computed directly. */
    static WinogradTile of(ConvAlgorithm algorithm, ConvSpec s) {
        if (!fits(s)) {
            return null;
        }
        return switch (algorithm) {
            case DIRECT -> null;
            case F2 -> F2;
            case F4 -> F4;
            case AUTO -> pays(s) ? F2 : null;
            case FAST -> !pays(s) ? null : paysLarge(s) ? F4 : F2;
        };
    }

    /** Whether the shape allows it. */
    private static boolean fits(ConvSpec s) {
        return s.kH() == 3 && s.kW() == 3 && s.stride() == 1 && s.padding() == 1
                && Math.min(s.inC(), s.outC()) >= WinogradLanes.FEWEST;
    }

    /**
     * Whether any tile is faster than the direct sum, by mode and the shape of one image (of all images, for the weight
     * gradient, which sums over them). Transforming the weights must be worth while for a batch of one too, and is
     * cheapest for the data gradient, which need not turn them. An image with little work is over in microseconds
     * either way: there the direct sum is the more exact one at no price.
     */
    private static boolean pays(ConvSpec s) {
        long pixels = (long) s.outH() * s.outW();
        boolean enough = switch (s.mode()) {
            case FORWARD -> pixels >= 48;
            case DATA_GRADIENT -> pixels >= 16;
            case WEIGHT_GRADIENT -> s.n() * pixels >= 64;
        };
        return enough && 9 * pixels * s.inC() * s.outC() >= WORK;
    }

    /**
     * Whether the large tile is faster than the small one: enough pixels, not many tiles that reach beyond them. For
     * the weight gradient it is not, whose sums for 36 numbers leave the cache.
     */
    private static boolean paysLarge(ConvSpec s) {
        long pixels = (long) s.outH() * s.outW();
        return s.mode() != ConvSpec.Mode.WEIGHT_GRADIENT && pixels >= F4_PIXELS
                && 5 * F4.multiplications(s) <= 4 * F2.multiplications(s);
    }

    private long multiplications(ConvSpec s) {
        return (long) numbers() * tiles(s.outH()) * tiles(s.outW());
    }

    @Override
    public String toString() {
        return "winograd f" + result;
    }
}
