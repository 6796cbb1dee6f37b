package anneal.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The zip form of a checkpoint, PyTorch's since 1.6: NAME/data.pkl, and a file NAME/data/KEY for each storage. */
final class ZipStorages implements TorchStorages {
    private static final String PICKLE = "data.pkl";

    private final Path file;
    private final ZipFile zip;
    private final String folder;

    private ZipStorages(Path file, ZipFile zip, String folder) {
        this.file = file;
        this.zip = zip;
        this.folder = folder;
    }

    static ZipStorages open(Path file) throws IOException {
        var zip = new ZipFile(file.toFile());
        try {
            var pickles = zip.stream().map(ZipEntry::getName)
                    .filter(name -> name.endsWith("/" + PICKLE) || name.equals(PICKLE)).toList();
            if (pickles.size() != 1) {
                throw DataException.in(file, "is not a checkpoint of PyTorch: an archive with one %s is needed, this "
                        + "one has %d", PICKLE, pickles.size());
            }
            var folder = pickles.getFirst().substring(0, pickles.getFirst().length() - PICKLE.length());
            var storages = new ZipStorages(file, zip, folder);
            var order = zip.getEntry(folder + "byteorder");
            if (order != null && !"little".equals(storages.text(order))) {
                throw DataException.in(file, "was written big-endian; convert it where it was made");
            }
            return storages;
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    /** Whether a zip file looks like a checkpoint. */
    static boolean recognises(Path file) throws IOException {
        try (var zip = new ZipFile(file.toFile())) {
            return zip.stream().anyMatch(e -> e.getName().endsWith("/" + PICKLE));
        }
    }

    MemorySegment pickle() throws IOException {
        return content(zip.getEntry(folder + PICKLE));
    }

    private String text(ZipEntry entry) throws IOException {
        var bytes = content(entry).toArray(ValueLayout.JAVA_BYTE);
        return new String(bytes, StandardCharsets.UTF_8).strip();
    }

    /** Entries that are not compressed are no longer than the file, so that no number in it can ask for more. */
    private MemorySegment content(ZipEntry entry) throws IOException {
        long size = entry.getSize();
        if (entry.getMethod() != ZipEntry.STORED || size < 0 || size > file.toFile().length()) {
            throw DataException.in(file, "%s is compressed or has no size: torch.save does neither", entry.getName());
        }
        if (size > Integer.MAX_VALUE - 8) {
            throw DataException.in(file, "%s has %d bytes; up to 2 GiB in one storage can be read", entry.getName(),
                    size);
        }
        try (var in = zip.getInputStream(entry)) {
            var bytes = in.readNBytes((int) size);
            if (bytes.length != size) {
                throw DataException.in(file, "%s is cut short", entry.getName());
            }
            return MemorySegment.ofArray(bytes);
        }
    }

    private ZipEntry storage(String name) {
        return zip.getEntry(folder + "data/" + name);
    }

    @Override
    public long bytes(String name, int elementBytes) {
        var entry = storage(name);
        return entry == null ? -1 : entry.getSize();
    }

    @Override
    public MemorySegment read(String name) throws IOException {
        return content(storage(name));
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
