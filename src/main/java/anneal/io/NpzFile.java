package anneal.io;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * An open .npz archive of NumPy, stored or compressed. Arrays are read whole or as streams. Python objects, big-endian
 * and Fortran-ordered arrays are refused.
 */
public final class NpzFile implements AutoCloseable {

    private static final String SUFFIX = ".npy";
    private static final long LONGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final Path path;
    private final ZipFile zip;

    private NpzFile(Path path, ZipFile zip) {
        this.path = path;
        this.zip = zip;
    }

    /** An array's type, its shape, and its elements' bytes (little-endian, row-major) as a stream of that length. */
    public record Elements(FileType type, long[] shape, InputStream bytes) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            bytes.close();
        }
    }

    /** Opens an archive. @throws DataException if it is missing or no zip file */
    public static NpzFile open(Path path) throws IOException {
        try {
            return new NpzFile(path, new ZipFile(path.toFile()));
        } catch (IOException e) {
            throw Files.exists(path) ? DataException.in(path, "is not a .npz archive: %s", DataException.firstLine(e))
                : DataException.in(path, "no such file");
        }
    }

    /** Reads a single .npy file whole. @throws DataException if it is missing, damaged or of a kind that is refused */
    public static TensorData readNpy(Path path) throws IOException {
        try (var in = Files.newInputStream(path)) {
            var header = Npy.readHeader(path.toString(), in);
            var data = readAll(path.toString(), header, in);
            if (in.read() >= 0) {
                throw DataException.in(path, "goes on after the %d bytes of its shape", header.byteSize());
            }
            return data;
        } catch (IOException e) {
            throw DataException.from(path, e);
        }
    }

    /** The arrays' names, such as {@code arr_0}, in the order of the archive. */
    public List<String> names() {
        return zip.stream().map(ZipEntry::getName).filter(name -> name.endsWith(SUFFIX))
            .map(name -> name.substring(0, name.length() - SUFFIX.length())).toList();
    }

    /** Reads an array whole. @throws DataException if it is absent, damaged, refused, or beyond 2 GB */
    public TensorData read(String name) throws IOException {
        try (var elements = stream(name)) {
            return readAll(label(name), new Npy.Header(elements.type, elements.shape), elements.bytes);
        } catch (IOException e) {
            throw DataException.from(path, e);
        }
    }

    /** Opens an array for reading piece by piece. @throws DataException if it is absent, damaged or refused */
    public Elements stream(String name) throws IOException {
        var entry = zip.getEntry(name + SUFFIX);
        if (entry == null) {
            throw DataException.in(path, "has no array '%s', only %s", name, names());
        }
        var in = new Counted(zip.getInputStream(entry));
        try {
            var header = Npy.readHeader(label(name), in);
            long wanted = in.count + header.byteSize();
            if (entry.getSize() != wanted) {
                throw new DataException("%s: holds %d bytes, its shape asks for %d"
                    .formatted(label(name), entry.getSize(), wanted));
            }
            return new Elements(header.type(), header.shape(), in);
        } catch (IOException e) {
            in.close();
            throw DataException.from(path, e);
        }
    }

    private String label(String name) {
        return path + ": array '" + name + "'";
    }

    private static TensorData readAll(String name, Npy.Header header, InputStream in) throws IOException {
        long size = header.byteSize();
        if (size > LONGEST_ARRAY) {
            throw new DataException(name + ": has " + size + " bytes, too many to read at once");
        }
        // readNBytes grows with what really comes, so a header that lies cannot claim memory.
        var bytes = in.readNBytes((int) size);
        if (bytes.length < size) {
            throw new DataException("%s: is truncated: %d of %d bytes are there".formatted(name, bytes.length, size));
        }
        return new TensorData(header.type(), header.shape(), MemorySegment.ofArray(bytes));
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    /** Counts what the header took. */
    private static final class Counted extends FilterInputStream {

        private long count;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            count += value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] bytes, int offset, int n) throws IOException {
            int got = super.read(bytes, offset, n);
            count += Math.max(0, got);
            return got;
        }
    }
}
