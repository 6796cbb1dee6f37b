package anneal.data;

import anneal.io.DataException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * One IDX file of unsigned bytes, as MNIST's: two zero bytes, the type 8, the number of dimensions, the extents
 * (big-endian ints), the data; compressed with gzip or not, whatever it is called.
 *
 * @param extents the first is the number of records
 * @param records each record's bytes
 */
record IdxFile(int[] extents, byte[][] records) {

    private static final int UNSIGNED_BYTE = 8;
    private static final int LARGEST_SIDE = 1 << 14;
    /** Deflate cannot expand by more than this, so a compressed file bounds what its header may claim. */
    private static final long LARGEST_EXPANSION = 1032;

    static IdxFile read(Path path, int dimensions) throws IOException {
        try (var in = Files.newInputStream(path)) {
            return read(path, in, Files.size(path), dimensions);
        } catch (IOException e) {
            throw DataException.from(path, e);
        }
    }

    /** @param name what complaints call the stream; @param size its bytes, before decompression */
    static IdxFile read(Path name, InputStream raw, long size, int dimensions) throws IOException {
        var buffered = new BufferedInputStream(raw, 1 << 16);
        buffered.mark(2);
        boolean compressed = buffered.read() == 0x1f && buffered.read() == 0x8b;
        buffered.reset();
        try {
            var in = new DataInputStream(compressed ? new GZIPInputStream(buffered, 1 << 16) : buffered);
            return read(name, in, compressed ? size * LARGEST_EXPANSION : size, dimensions);
        } catch (EOFException e) {
            throw DataException.in(name, "is truncated: it ends before the data that its header promises");
        }
    }

    private static IdxFile read(Path name, DataInputStream in, long limit, int dimensions) throws IOException {
        int magic = in.readInt();
        int expected = UNSIGNED_BYTE << 8 | dimensions;
        if (magic != expected) {
            throw DataException.in(name, "wrong magic 0x%08x, expected 0x%08x (IDX, unsigned bytes, %d dimension%s)",
                magic, expected, dimensions, dimensions == 1 ? "" : "s");
        }
        var extents = new int[dimensions];
        long record = 1;
        for (int d = 0; d < dimensions; d++) {
            extents[d] = in.readInt();
            if (extents[d] < 1 || d > 0 && extents[d] > LARGEST_SIDE) {
                throw DataException.in(name, "dimension %d is %s, expected 1 to %d", d,
                    Integer.toUnsignedString(extents[d]), d == 0 ? Integer.MAX_VALUE : LARGEST_SIDE);
            }
            record *= d == 0 ? 1 : extents[d];
        }
        if (record > Integer.MAX_VALUE || record * extents[0] > limit) {
            throw DataException.in(name, "is truncated: the header promises %d records of %d bytes, the file cannot"
                + " hold more than %d bytes", extents[0], record, limit);
        }
        var records = new byte[extents[0]][];
        for (int r = 0; r < records.length; r++) {
            records[r] = new byte[(int) record];
            in.readFully(records[r]);
        }
        if (in.read() >= 0) {
            throw DataException.in(name, "goes on after the %d records of %d bytes that its header promises",
                extents[0], record);
        }
        return new IdxFile(extents, records);
    }
}
