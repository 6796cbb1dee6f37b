package anneal.kernel.cuda;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Plan;
import anneal.kernel.Precision;
import anneal.kernel.cuda.driver.Grid;

/**
 * Which tile of kernels/mat_product.cuh makes a product, and into how many parts its sum is cut.
 *
 * <p>The tile's size never changes a result's bits: every one adds the same terms in the same order. The parts do, so
 * they follow from extents that do not grow with the batch, except where the sum itself runs over the batch.
 *
 * @param arithmetic the kernel name's part: fma, tf32 or bf16
 * @param layout     the kernel name's part: how operands are loaded; "any" moves one element at a time
 * @param splits     parts of the sum
 * @param partDepth  terms of each but the last, a multiple of {@link #GRAIN}
 */
record MatTiles(String arithmetic, String layout, boolean large, int m, int n, int entries, int depth, int splits,
                int partDepth) {
    /** float32 sums are made in runs of so many terms (FmaTile::PART); a part is whole runs. */
    static final int GRAIN = 128;
    /** Blocks that should run at once; the streaming multiprocessors of a large GPU. */
    private static final int FILL = 132;
    /** Of a block's rows and columns of results, about. */
    private static final int SIDE = 64;
    /** What kernels have beside the stages. */
    private static final int OWN_SHARED_BYTES = 4 << 10;
    /** What partial sums may take. */
    private static final long MOST_PARTIAL_BYTES = 256L << 20;

    static String arithmetic(Precision precision, DType a, DType b) {
        if (a != b) {
            throw new IllegalArgumentException("a product of " + a + " with " + b + ": both must be of one type");
        }
        if (a == DType.BF16) {
            return "bf16";
        }
        return precision == Precision.TF32 ? "tf32" : "fma";
    }

    /**
     * A product in {@code splits} parts or as many as there are grains.
     *
     * @param mostShared bytes of shared memory that a block can have
     */
    static MatTiles of(String arithmetic, String layout, int m, int n, int entries, int depth, int splits,
                       int mostShared) {
        int partDepth = Math.max(GRAIN, (ceil(depth, splits) + GRAIN - 1) / GRAIN * GRAIN);
        int parts = Math.max(1, ceil(depth, partDepth));
        var large = new MatTiles(arithmetic, layout, true, m, n, entries, depth, parts, partDepth);
        boolean fits = !layout.equals("any") && m >= large.rows() && n >= large.columns() && large.blocks() >= FILL
                && large.sharedBytes() + OWN_SHARED_BYTES <= mostShared;
        return fits ? large : new MatTiles(arithmetic, layout, false, m, n, entries, depth, parts, partDepth);
    }

    /**
     * Parts for a sum of {@code depth} terms so that {@code rows} x {@code columns} results fill a GPU.
     *
     * @param least terms that a part should have, so that adding the parts stays cheap
     * @param most  parts
     */
    static int splits(long rows, int columns, int depth, int least, int most) {
        long blocks = Math.max(1, (rows + SIDE - 1) / SIDE * ceil(columns, SIDE));
        long fitting = MOST_PARTIAL_BYTES / Math.max(1, 4 * rows * columns);
        return (int) Math.max(1, Math.min(Math.min(most, depth / least), Math.min(fitting, FILL / blocks)));
    }

    int rows() {
        return isFma() ? large ? 128 : 32 : large ? 128 : 64;
    }

    int columns() {
        return isFma() ? large ? 64 : 32 : large ? 128 : 64;
    }

    private boolean isFma() {
        return arithmetic.equals("fma");
    }

    int threads() {
        return isFma() ? large ? 128 : 64 : large ? 256 : 128;
    }

    /** Three stages of both operands in their roomier layout (Stage::SIZE). */
    int sharedBytes() {
        int bytes = arithmetic.equals("bf16") ? 2 : 4;
        int k = isFma() && large ? 16 : 32;
        int byColumn = k * (rows() + columns() + 16);
        int byRow = (rows() + columns()) * (k + 16 / bytes);
        return 3 * bytes * Math.max(byColumn, byRow);
    }

    private int tilesM() {
        return ceil(m, rows());
    }

    private int tilesN() {
        return ceil(n, columns());
    }

    private long blocks() {
        return (long) tilesM() * tilesN() * splits * entries;
    }

    Grid grid() {
        return Grid.of(Math.toIntExact(blocks()));
    }

    String kernel(String family) {
        return family + "_" + arithmetic + "_" + layout + "_" + (large ? "large" : "small");
    }

    /** For partial sums; none where the sum is made at once. */
    long workspaceBytes() {
        return splits == 1 ? 0 : 4L * splits * entries * m * n;
    }

    Plan plan(double flops, double elements, int elementBytes) {
        var name = arithmetic + " " + rows() + "x" + columns() + (splits == 1 ? "" : ", " + splits + " parts");
        return new Plan(name, workspaceBytes(), flops, elementBytes * elements, EpilogueArguments.FUSED);
    }

    /** The fields of Tiling. */
    Object[] fields() {
        return new Object[] {tilesM(), tilesN(), depth, partDepth};
    }

    /** True when rows from {@code b} on can be read 16 bytes at a time, of which there are {@code extent} elements. */
    static boolean inChunks(Buf b, int extent, long entryStride) {
        int chunk = 16 / b.type().bytes();
        return b.address() % 16 == 0 && extent % chunk == 0 && b.rowPitch() % chunk == 0 && entryStride % chunk == 0;
    }

    private static int ceil(int a, int b) {
        return (int) (((long) a + b - 1) / b);
    }
}
