package anneal.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The safetensors format: eight bytes of header length (little-endian), a JSON header of name, dtype, shape and data
 * offsets, then the data without holes. A file is checked completely before a tensor of it is handed out.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class SafeTensors {

    static final String METADATA = "__metadata__";
    private static final int PREFIX = Long.BYTES;
    private static final int STAGING = 1 << 20;

    private SafeTensors() {
    }

    /**
     * Opens and checks a file. Only the header is read; the tensors are views of the mapped file.
     *
     * @throws DataException in one line, if the file is missing or violates the format in any way
     */
    public static SafeTensorsFile read(Path path) throws IOException {
        var arena = Arena.ofShared();
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            var header = SafeTensorsHeader.read(path, channel.size(), (at, n) -> readFully(path, channel, at, n));
            return file(path, header, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena), arena);
        } catch (IOException e) {
            arena.close();
            throw DataException.from(path, e);
        }
    }

    /**
     * Reads and checks all of a stream, such as a resource of the jar, into memory.
     *
     * @param name what complaints call it
     * @throws DataException in one line, if it violates the format in any way
     */
    public static SafeTensorsFile read(Path name, InputStream in) throws IOException {
        var bytes = in.readAllBytes();
        var header = SafeTensorsHeader.read(name, bytes.length,
            (at, n) -> ByteBuffer.wrap(bytes, Math.toIntExact(at), n).slice().order(ByteOrder.LITTLE_ENDIAN));
        return file(name, header, MemorySegment.ofArray(bytes), Arena.ofShared());
    }

    private static SafeTensorsFile file(Path path, SafeTensorsHeader header, MemorySegment whole, Arena arena) {
        var data = whole.asSlice(header.dataStart()).asReadOnly();
        var tensors = new LinkedHashMap<String, TensorData>();
        header.entries().forEach((name, entry) -> tensors.put(name,
            new TensorData(entry.type(), entry.shape(), data.asSlice(entry.begin(), entry.byteSize()))));
        return new SafeTensorsFile(path, arena, tensors, header.metadata());
    }

    private static ByteBuffer readFully(Path path, FileChannel channel, long at, int n) throws IOException {
        var buffer = ByteBuffer.allocate(n).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw DataException.in(path, "was cut short while it was read");
            }
        }
        return buffer.flip();
    }

    /**
     * Writes a file atomically. The header keeps the map's order; the data is laid out by falling element size, so that
     * every tensor is aligned to its elements.
     *
     * @param tensors  any names but {@code __metadata__}
     * @param metadata strings that travel in the header, such as the model's config as JSON; may be empty
     * @throws IllegalArgumentException if a tensor is named {@code __metadata__}
     * @throws IOException              if the file cannot be written
     */
    public static void write(Path path, SequencedMap<String, TensorData> tensors, Map<String, String> metadata)
            throws IOException {
        if (tensors.containsKey(METADATA)) {
            throw new IllegalArgumentException("a tensor cannot be named " + METADATA);
        }
        var laidOut = new ArrayList<>(tensors.values());
        laidOut.sort(Comparator.comparingInt((TensorData t) -> t.type().bytes()).reversed());
        var header = header(tensors, laidOut, metadata);
        try {
            AtomicFiles.writeChannel(path, channel -> {
                writeFully(channel, header);
                var staging = ByteBuffer.allocateDirect(STAGING);
                for (var tensor : laidOut) {
                    writeFully(channel, tensor.bytes(), staging);
                }
            });
        } catch (IOException e) {
            throw DataException.from(path, e);
        }
    }

    /** The length prefix and the JSON, padded with spaces to a multiple of eight bytes. */
    private static ByteBuffer header(SequencedMap<String, TensorData> tensors, Iterable<TensorData> laidOut,
                                     Map<String, String> metadata) throws JsonProcessingException {
        var begins = new IdentityHashMap<TensorData, Long>();
        long end = 0;
        for (var tensor : laidOut) {
            begins.put(tensor, end);
            end += tensor.bytes().byteSize();
        }
        var mapper = new JsonMapper();
        var root = mapper.createObjectNode();
        if (!metadata.isEmpty()) {
            root.set(METADATA, mapper.valueToTree(metadata));
        }
        tensors.forEach((name, tensor) -> {
            var entry = root.putObject(name).put("dtype", tensor.type().name());
            var shape = entry.putArray("shape");
            for (long extent : tensor.shape()) {
                shape.add(extent);
            }
            long begin = begins.get(tensor);
            entry.putArray("data_offsets").add(begin).add(begin + tensor.bytes().byteSize());
        });
        var json = mapper.writeValueAsBytes(root);
        int padded = Math.ceilDiv(json.length, PREFIX) * PREFIX;
        var buffer = ByteBuffer.allocate(PREFIX + padded).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(json);
        while (buffer.hasRemaining()) {
            buffer.put((byte) ' ');
        }
        return buffer.flip();
    }

    /** Through a staging buffer, because a heap segment of anything but bytes has no ByteBuffer view. */
    private static void writeFully(FileChannel channel, MemorySegment bytes, ByteBuffer staging) throws IOException {
        var target = MemorySegment.ofBuffer(staging.clear());
        for (long at = 0; at < bytes.byteSize(); at += STAGING) {
            int n = (int) Math.min(STAGING, bytes.byteSize() - at);
            MemorySegment.copy(bytes, at, target, 0, n);
            writeFully(channel, staging.clear().limit(n));
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
