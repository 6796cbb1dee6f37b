package anneal.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The form of checkpoints before PyTorch 1.6: pickles of a magic number, a version, the writer's machine, the object
 * and the storages' names, one after another, then each storage as its length and its elements.
 */
final class LegacyStorages implements TorchStorages {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long VERSION = 1001;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final Arena arena;
    private final MemorySegment data;
    private final Object root;
    private final List<?> names;
    private final long start;
    private Map<String, MemorySegment> segments;

    private LegacyStorages(Path file, Arena arena, MemorySegment data) throws DataException {
        this.file = file;
        this.arena = arena;
        this.data = data;
        var magic = new Unpickler(data, 0);
        if (!MAGIC.equals(magic.read())) {
            throw new DataException("is not a checkpoint of PyTorch: the magic number is missing");
        }
        var version = new Unpickler(data, magic.position());
        if (!Long.valueOf(VERSION).equals(version.read())) {
            throw new DataException("is a checkpoint of an unknown version; " + VERSION + " is known");
        }
        var machine = new Unpickler(data, version.position());
        if (machine.read() instanceof Map<?, ?> m && Boolean.FALSE.equals(m.get("little_endian"))) {
            throw new DataException("was written big-endian; convert it where it was made");
        }
        var object = new Unpickler(data, machine.position());
        root = object.read();
        var keys = new Unpickler(data, object.position());
        if (!(keys.read() instanceof List<?> list)) {
            throw new DataException("has no list of storages");
        }
        names = list;
        start = keys.position();
    }

    static LegacyStorages open(Path file) throws IOException {
        var arena = Arena.ofShared();
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var data = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return new LegacyStorages(file, arena, data);
        } catch (DataException e) {
            arena.close();
            throw DataException.in(file, "%s", e.getMessage());
        } catch (IOException e) {
            arena.close();
            throw e;
        }
    }

    Object root() {
        return root;
    }

    /** Finds the storages, once the sizes of their elements are known. */
    void locate(Map<String, Integer> elementBytes) throws DataException {
        segments = new HashMap<>();
        long at = start;
        for (var name : names) {
            if (data.byteSize() - at < Long.BYTES) {
                throw DataException.in(file, "is cut short before storage '%s'", name);
            }
            long length = data.get(LONG, at);
            at += Long.BYTES;
            Integer size = elementBytes.get(String.valueOf(name));
            if (size == null) {
                throw DataException.in(file, "has a storage '%s' that no tensor uses", name);
            }
            if (length < 0 || length > (data.byteSize() - at) / size) {
                throw DataException.in(file, "storage '%s' has %d elements of %d bytes, but %d bytes are left", name,
                        length, size, data.byteSize() - at);
            }
            segments.put(String.valueOf(name), data.asSlice(at, length * size));
            at += length * size;
        }
    }

    @Override
    public long bytes(String name, int elementBytes) {
        var segment = segments.get(name);
        return segment == null ? -1 : segment.byteSize();
    }

    @Override
    public MemorySegment read(String name) {
        return segments.get(name);
    }

    @Override
    public void close() {
        arena.close();
    }
}
