package anneal.kernel.cuda;

import anneal.kernel.Buf;
import anneal.kernel.NormSpec;
import anneal.kernel.cuda.driver.Grid;
import java.util.Optional;

/**
 * How blocks of threads lie over normalised images: {@code NormGrid} of kernels/groupnorm.cuh. Depends on a sample's
 * shape only, so that its sums do not depend on the batch or on where its views lie.
 *
 * @param vector   channels of a thread
 * @param area     pixels of a sample that are walked over
 * @param block    threads
 * @param lanes    threads side by side
 * @param tile     channels of a block
 * @param chunk    pixels of a block
 */
record NormGrid(int vector, int area, int channels, int perGroup, int block, int lanes, int tile, int chunk) {
    private static final int THREADS = 256;
    /** Pixels of a thread at least, where there are enough. */
    private static final int PIXELS = 4;
    /** Blocks of a sample beyond which they get more pixels rather than more blocks: enough for any GPU. */
    private static final int BLOCKS = 256;
    /** Channels of which a warp of lanes reads 128 bytes in float32. */
    private static final int WARP = 32;
    /** What one block can sum in one pass before several blocks and a second launch are faster. */
    private static final int ONE_PASS_PIXELS = 256;
    private static final int ONE_PASS_CHANNELS = 64;

    /** Shared memory that an image's part may take: two blocks of it fit on every GPU's multiprocessor but the smallest. */
    private static final int MOST_KEPT_BYTES = 72 << 10;
    /** A memory transaction: a block's channels of a pixel fill whole ones where they can. */
    private static final int SECTOR_BYTES = 32;

    /** Blocks that keep whole groups of all pixels of {@code images} in shared memory; empty where those are too many. */
    static Optional<NormGrid> onChip(NormSpec s, int elementBytes, int images) {
        int area = area(s);
        int perGroup = s.channelsPerGroup();
        int vector = s.channels() % 4 == 0 ? 4 : 1;
        // Small images as wide as in one pass, whose sums these then are, bit for bit.
        int wanted = Math.min(s.channels(), vector == 4 && isOnePass(s) ? WARP : SECTOR_BYTES / elementBytes);
        int tile = perGroup;
        while (tile < wanted || tile % vector != 0) {
            tile += perGroup;
        }
        if (area == 1 || perGroup > ONE_PASS_CHANNELS || (long) images * area * tile * elementBytes > MOST_KEPT_BYTES) {
            return Optional.empty();
        }
        int lanes = Fields.powerOfTwo(Fields.ceilDiv(tile, vector));
        int rows = Math.min(THREADS / lanes, Fields.powerOfTwo(area));
        return Optional.of(new NormGrid(vector, area, s.channels(), perGroup, Math.max(WARP, lanes * rows), lanes, tile,
                area));
    }

    /** Elements of a block's part of an image. */
    int kept() {
        return area * tile;
    }

    /** Whether a block takes whole groups of all pixels. */
    static boolean isOnePass(NormSpec s) {
        return area(s) <= ONE_PASS_PIXELS && s.channelsPerGroup() <= ONE_PASS_CHANNELS;
    }

    private static int area(NormSpec s) {
        return Math.multiplyExact(s.h(), s.w());
    }

    /** Blocks with whole groups of all pixels. */
    static NormGrid onePass(NormSpec s) {
        int perGroup = s.channelsPerGroup();
        int tile = Math.min(s.channels(), perGroup * Fields.ceilDiv(WARP, perGroup));
        int vector = s.channels() % 4 == 0 && tile % 4 == 0 ? 4 : 1;
        int area = area(s);
        return new NormGrid(vector, area, s.channels(), perGroup, THREADS,
                Fields.powerOfTwo(Fields.ceilDiv(tile, vector)), tile, area);
    }

    /** Blocks that write sums of some of a sample's pixels. */
    static NormGrid sums(NormSpec s) {
        var g = pixels(s, area(s));
        int most = Fields.ceilDiv((long) g.area * g.tiles(), BLOCKS);
        return g.withChunk(Math.max(g.chunk, most));
    }

    /** Blocks that treat {@code area} pixels each for itself. */
    static NormGrid pixels(NormSpec s, int area) {
        int vector = s.channels() % 4 == 0 ? 4 : 1;
        boolean rows = area == 1;
        int tile = Math.min(s.channels(), (rows ? THREADS : WARP) * vector);
        int lanes = Fields.powerOfTwo(Fields.ceilDiv(tile, vector));
        int block = rows ? Math.max(WARP, lanes) : THREADS;
        return new NormGrid(vector, area, s.channels(), s.channelsPerGroup(), block, lanes, tile,
                rows ? 1 : PIXELS * block / lanes);
    }

    private NormGrid withChunk(int pixels) {
        return new NormGrid(vector, area, channels, perGroup, block, lanes, tile, pixels);
    }

    int tiles() {
        return Fields.ceilDiv(channels, tile);
    }

    int chunks() {
        return Math.max(1, Fields.ceilDiv(area, chunk));
    }

    Grid grid(int samples) {
        return new Grid(Math.multiplyExact(samples, chunks()), tiles(), 1);
    }

    /** The struct, for kernels that read and write {@code buffers} by channel. */
    Fields fields(Buf... buffers) {
        return new Fields().add(area, channels, perGroup, lanes, tile, chunk, chunks(),
                vector == 4 && Fields.aligned(buffers) ? 1 : 0);
    }

    /** The instantiation of a kernel for this grid and a storage type. */
    String kernel(String name, String suffix) {
        return name + "_v" + vector + suffix;
    }
}
