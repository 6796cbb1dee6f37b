package anneal.data;

import anneal.io.DataException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * What one IDX file of unsigned bytes holds, after all of it has been read and checked.
 *
 * @param extents     records first
 * @param labelCounts how often each value occurs, for a file of one dimension; empty for others
 */
public record IdxSummary(long[] extents, Map<Integer, Integer> labelCounts) {

    private static final int MOST_DIMENSIONS = 4;

    /**
     * Reads a file, compressed or not.
     *
     * @throws DataException in one line, if it is missing, truncated or not of this format
     */
    public static IdxSummary read(Path path) throws IOException {
        var magic = magic(path);
        if (magic.length < 4 || !dimensions(magic)) {
            throw DataException.in(path, "is not an IDX file of 1 to %d dimensions", MOST_DIMENSIONS);
        }
        int dimensions = magic[3];
        var file = IdxFile.read(path, dimensions);
        var counts = new TreeMap<Integer, Integer>();
        if (dimensions == 1) {
            for (var record : file.records()) {
                counts.merge(record[0] & 0xff, 1, Integer::sum);
            }
        }
        return new IdxSummary(Arrays.stream(file.extents()).asLongStream().toArray(),
                Collections.unmodifiableMap(counts));
    }

    /** Whether the file begins like one of this format, compressed or not. */
    public static boolean recognises(Path path) {
        try {
            var magic = magic(path);
            return magic.length == 4 && magic[0] == 0 && magic[1] == 0 && magic[2] == 8 && dimensions(magic);
        } catch (IOException notCompressedAfterAll) {
            return false;
        }
    }

    private static byte[] magic(Path path) throws IOException {
        try (var raw = new BufferedInputStream(Files.newInputStream(path))) {
            raw.mark(2);
            boolean compressed = raw.read() == 0x1f && raw.read() == 0x8b;
            raw.reset();
            InputStream in = compressed ? new GZIPInputStream(raw) : raw;
            return in.readNBytes(4);
        } catch (IOException e) {
            throw DataException.from(path, e);
        }
    }

    private static boolean dimensions(byte[] magic) {
        return magic[3] >= 1 && magic[3] <= MOST_DIMENSIONS;
    }
}
