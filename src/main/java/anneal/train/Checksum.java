package anneal.train;

import anneal.io.TensorData;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * CRC-32C of what a checkpoint says. A disk that loses power may keep a file's length and lose its content, which the
 * safetensors format alone does not notice.
 */
final class Checksum {
    private static final int PIECE = 1 << 16;

    private final CRC32C crc = new CRC32C();
    private final byte[] piece = new byte[PIECE];

    private Checksum() {
    }

    /** Of all tensors and all metadata with their names, in whatever order they come. */
    static String of(Map<String, TensorData> tensors, Map<String, String> metadata) {
        var sum = new Checksum();
        new TreeMap<>(metadata).forEach((name, text) -> sum.add(name + "=" + text + "\n"));
        new TreeMap<>(tensors).forEach((name, data) -> {
            sum.add(name + "\n");
            sum.add(data.bytes());
        });
        return "%08x".formatted(sum.crc.getValue());
    }

    private void add(String text) {
        crc.update(text.getBytes(StandardCharsets.UTF_8));
    }

    private void add(MemorySegment bytes) {
        for (long at = 0; at < bytes.byteSize(); at += PIECE) {
            int n = (int) Math.min(PIECE, bytes.byteSize() - at);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, piece, 0, n);
            crc.update(piece, 0, n);
        }
    }
}
