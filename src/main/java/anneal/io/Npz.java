package anneal.io;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes NumPy's .npz archives, array after array and each as a stream, so that fifty thousand samples need not be in
 * memory:
 *
 * <pre>{@code
 * Npz.write(path, npz -> {
 *     npz.array("arr_0", FileType.U8, new long[] {n, height, width, 3}, out -> { for (...) out.write(batch); });
 *     npz.array("arr_1", TensorData.of(labels, n));
 * });
 * }</pre>
 *
 * Those two names and types are what OpenAI's evaluator takes.
 */
public final class Npz {

    /** The time of every entry, so that the same arrays make the same file. */
    private static final LocalDateTime EPOCH = LocalDateTime.of(1980, 1, 1, 0, 0);
    private static final int CHUNK = 1 << 20;

    private final Path path;
    private final ZipOutputStream zip;
    private final Set<String> names = new HashSet<>();

    private Npz(Path path, ZipOutputStream zip) {
        this.path = path;
        this.zip = zip;
    }

    /**
     * Writes an archive atomically.
     *
     * @throws IOException if the body throws or the file cannot be written; then there is no file
     */
    public static void write(Path path, AtomicFiles.Body<Npz> body) throws IOException {
        try {
            AtomicFiles.write(path, out -> {
                var zip = new ZipOutputStream(out);
                zip.setLevel(Deflater.BEST_SPEED);
                body.write(new Npz(path, zip));
                zip.finish();
            });
        } catch (IOException e) {
            throw DataException.from(path, e);
        }
    }

    /**
     * Adds an array whose little-endian, row-major bytes {@code elements} writes.
     *
     * @throws IllegalArgumentException if the name is taken, or NumPy has no such type
     * @throws DataException            if not exactly as many bytes are written as shape and type ask for
     */
    public void array(String name, FileType type, long[] shape, AtomicFiles.Body<OutputStream> elements)
            throws IOException {
        if (!names.add(name)) {
            throw new IllegalArgumentException("the archive already has an array '" + name + "'");
        }
        var header = new Npy.Header(type, shape);
        var entry = new ZipEntry(name + ".npy");
        entry.setTimeLocal(EPOCH);
        zip.putNextEntry(entry);
        Npy.writeHeader(zip, header);
        var counted = new Exactly(header.byteSize(), path + ": array '" + name + "'");
        elements.write(counted);
        counted.checkComplete();
        zip.closeEntry();
    }

    /** Adds a whole array. */
    public void array(String name, TensorData data) throws IOException {
        array(name, data.type(), data.shape(), out -> {
            for (long at = 0; at < data.bytes().byteSize(); at += CHUNK) {
                long n = Math.min(CHUNK, data.bytes().byteSize() - at);
                out.write(data.bytes().asSlice(at, n).toArray(ValueLayout.JAVA_BYTE));
            }
        });
    }

    /** Lets through the promised number of bytes, no more and no less. */
    private final class Exactly extends OutputStream {

        private final long promised;
        private final String what;
        private long written;

        Exactly(long promised, String what) {
            this.promised = promised;
            this.what = what;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int n) throws IOException {
            written += n;
            if (written > promised) {
                throw new DataException(what + " got more than the " + promised + " bytes of its shape");
            }
            zip.write(bytes, offset, n);
        }

        void checkComplete() throws DataException {
            if (written != promised) {
                throw new DataException(what + " got " + written + " of the " + promised + " bytes of its shape");
            }
        }
    }
}
