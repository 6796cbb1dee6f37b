package anneal.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.ZipException;

/**
 * A checkpoint of PyTorch's torch.save, in either of its forms, read without running anything of it: tensors, dicts,
 * lists, tuples, numbers, strings, booleans and None; whatever else it holds is refused by name. All sizes are checked
 * against the file before memory is taken. What is nested is named by its path, as in {@code model/conv.weight}.
 */
public final class TorchCheckpoint implements AutoCloseable {
    private static final int DEEPEST = 64;
    private static final int MOST_ENTRIES = 1_000_000;
    private static final int ZIP = 'P';

    private final Path file;
    private final TorchStorages storages;
    private final SequencedMap<String, Object> entries = new LinkedHashMap<>();

    /** A tensor's type and shape, without its numbers. */
    public record TensorShape(FileType type, long[] shape) {
        /** How many elements there are. */
        public long elements() {
            return TensorData.elementsOf(shape);
        }
    }

    private TorchCheckpoint(Path file, TorchStorages storages) {
        this.file = file;
        this.storages = storages;
    }

    /**
     * Opens and checks a file; tensors are read when asked for.
     *
     * @throws DataException in one line, if it is missing, damaged, or holds what is refused
     */
    public static TorchCheckpoint read(Path file) throws IOException {
        try {
            return isZip(file) ? fromZip(file) : fromLegacy(file);
        } catch (ZipException e) {
            throw DataException.in(file, "is not a checkpoint of PyTorch: %s", DataException.firstLine(e));
        } catch (IOException e) {
            throw DataException.from(file, e);
        }
    }

    /** Whether a zip file looks like a checkpoint, by its contents' names. */
    public static boolean recognisesZip(Path file) throws IOException {
        try {
            return ZipStorages.recognises(file);
        } catch (ZipException e) {
            return false;
        }
    }

    private static boolean isZip(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return in.read() == ZIP;
        }
    }

    private static TorchCheckpoint fromZip(Path file) throws IOException {
        var storages = ZipStorages.open(file);
        return checked(new TorchCheckpoint(file, storages), c -> {
            c.collect("", new Unpickler(storages.pickle(), 0).read());
            c.checkStorages();
        });
    }

    private static TorchCheckpoint fromLegacy(Path file) throws IOException {
        var storages = LegacyStorages.open(file);
        return checked(new TorchCheckpoint(file, storages), c -> {
            c.collect("", storages.root());
            storages.locate(c.elementBytes());
            c.checkStorages();
        });
    }

    private interface Step {
        void run(TorchCheckpoint c) throws IOException;
    }

    private static TorchCheckpoint checked(TorchCheckpoint c, Step step) throws IOException {
        try {
            step.run(c);
            return c;
        } catch (IOException | RuntimeException e) {
            c.close();
            if (e instanceof DataException && !e.getMessage().startsWith(c.file.toString())) {
                throw DataException.in(c.file, "%s", e.getMessage());
            }
            throw e;
        }
    }

    private record Pending(String path, Object value, int depth) {
    }

    /** Leaves of the tree in order; a bound on depth and number ends what refers to itself. */
    private void collect(String name, Object root) throws DataException {
        Deque<Pending> pending = new ArrayDeque<>();
        pending.push(new Pending(name, root, 0));
        int seen = 0;
        while (!pending.isEmpty()) {
            var next = pending.pop();
            if (next.depth > DEEPEST || ++seen > MOST_ENTRIES) {
                throw new DataException("the checkpoint is nested more than " + DEEPEST + " deep, or has more than "
                        + MOST_ENTRIES + " entries");
            }
            var children = children(next.value);
            if (children == null) {
                entries.put(next.path, next.value);
            } else {
                for (var child : children.reversed().entrySet()) {
                    var path = next.path.isEmpty() ? child.getKey() : next.path + "/" + child.getKey();
                    pending.push(new Pending(path, child.getValue(), next.depth + 1));
                }
            }
        }
    }

    /** Of a dict or a list, by key or number; null for anything else. */
    private static SequencedMap<String, Object> children(Object value) {
        var children = new LinkedHashMap<String, Object>();
        switch (value) {
            case Map<?, ?> map -> map.forEach((k, v) -> children.put(String.valueOf(k), v));
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    children.put(Integer.toString(i), list.get(i));
                }
            }
            case null, default -> {
                return null;
            }
        }
        return children;
    }

    private Map<String, Integer> elementBytes() {
        var sizes = new HashMap<String, Integer>();
        for (var value : entries.values()) {
            if (value instanceof TorchTensor t) {
                sizes.put(t.storage(), t.type().bytes());
            }
        }
        return sizes;
    }

    private void checkStorages() throws DataException {
        for (var e : entries.entrySet()) {
            if (e.getValue() instanceof TorchTensor t) {
                long bytes = storages.bytes(t.storage(), t.type().bytes());
                if (bytes < 0 || bytes / t.type().bytes() < t.length()) {
                    throw new DataException("tensor '%s' says that storage '%s' has %d elements of %s, but %s"
                            .formatted(e.getKey(), t.storage(), t.length(), t.type(),
                                    bytes < 0 ? "there is none" : "it has " + bytes + " bytes"));
                }
            }
        }
    }

    public Path path() {
        return file;
    }

    /**
     * Everything in the checkpoint by its path, in order: a {@link TensorShape}, Long, BigInteger, Double, String,
     * Boolean or null.
     */
    public SequencedMap<String, Object> entries() {
        var out = new LinkedHashMap<String, Object>();
        entries.forEach((name, value) ->
                out.put(name, value instanceof TorchTensor t ? new TensorShape(t.type(), t.shape()) : value));
        return out;
    }

    /**
     * The tensors below a path, by the rest of their names.
     *
     * @param below such as {@code model}; empty for all tensors
     * @throws DataException in one line, if there are none
     */
    public SequencedMap<String, TensorData> tensors(String below) throws IOException {
        var prefix = below.isEmpty() ? "" : below + "/";
        var out = new LinkedHashMap<String, TensorData>();
        for (var e : entries.entrySet()) {
            if (e.getKey().startsWith(prefix) && e.getValue() instanceof TorchTensor t) {
                out.put(e.getKey().substring(prefix.length()), t.in(storages.read(t.storage())));
            }
        }
        if (out.isEmpty()) {
            throw DataException.in(file, "has no tensors%s", below.isEmpty() ? "" : " under '" + below + "'");
        }
        return out;
    }

    @Override
    public void close() throws IOException {
        storages.close();
    }
}
