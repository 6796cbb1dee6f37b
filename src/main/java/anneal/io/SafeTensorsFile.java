package anneal.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * An open safetensors file. The tensors' bytes are a read-only mapping of the file (or in memory, if it was read from a
 * stream): nothing is read until it is looked at, and nothing may be looked at after {@link #close}. May be used, and
 * closed, by any thread.
 */
public final class SafeTensorsFile implements AutoCloseable {

    private final Path path;
    private final Arena arena;
    private final SequencedMap<String, TensorData> tensors;
    private final Map<String, String> metadata;

    SafeTensorsFile(Path path, Arena arena, LinkedHashMap<String, TensorData> tensors, Map<String, String> metadata) {
        this.path = path;
        this.arena = arena;
        this.tensors = Collections.unmodifiableSequencedMap(tensors);
        this.metadata = Collections.unmodifiableMap(metadata);
    }

    public Path path() {
        return path;
    }

    /** The tensors by name, in the order of the header. */
    public SequencedMap<String, TensorData> tensors() {
        return tensors;
    }

    /** The header's {@code __metadata__}, empty if there is none. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** @throws DataException if the file has no tensor of that name */
    public TensorData get(String name) throws IOException {
        var data = tensors.get(name);
        if (data == null) {
            throw DataException.in(path, "has no tensor '%s' (it has %d others)", name, tensors.size());
        }
        return data;
    }

    @Override
    public void close() {
        arena.close();
    }
}
