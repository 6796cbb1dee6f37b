package anneal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.ByteImage;
import anneal.io.Npz;
import anneal.io.Png;
import anneal.io.SafeTensors;
import anneal.io.TensorData;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {

    @TempDir
    private Path folder;

    private static JsonNode json(Path file) throws IOException {
        var call = Call.of("inspect", file, "--json");
        assertEquals(0, call.exit(), call.err());
        return JsonMapper.builder().build().readTree(call.out());
    }

    private static String text(Path file) {
        var call = Call.of("inspect", file);
        assertEquals(0, call.exit(), call.err());
        return call.out();
    }

    private static void refused(Path file, String words) {
        var call = Call.of("inspect", file);
        assertEquals(1, call.exit());
        assertEquals(1, call.err().lines().count(), call.err());
        assertTrue(call.err().startsWith("anneal: " + file + ": ") && call.err().contains(words), call.err());
    }

    /** {'step': 7, 'w': a tensor} in PyTorch's form. */
    @Test
    void checkpointsOfPyTorch() throws IOException {
        var file = folder.resolve("net.pt");
        var pickle = "\u0080\2}(X\4\0\0\0stepK\7X\1\0\0\0wctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\n"
                + "FloatStorage\nX\1\0\0\0aX\3\0\0\0cpuK\6tQK\0K\2K\3\u0086K\3K\1\u0086\u0089}tRu.";
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            stored(zip, "net/data.pkl", pickle.getBytes(StandardCharsets.ISO_8859_1));
            stored(zip, "net/data/a", new byte[24]);
        }
        var json = json(file);
        assertEquals("PyTorch checkpoint", json.get("kind").asText());
        assertEquals(7, json.get("values").get("step").asInt());
        assertEquals("[2,3]", json.get("tensors").get(0).get("shape").toString());
        assertTrue(text(file).matches("(?s).*1 tensors, 6 elements\n\nstep: 7\n\nw  F32 +6  2 x 3\n"), text(file));
    }

    private static void stored(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        var entry = new ZipEntry(name);
        var crc = new CRC32();
        crc.update(bytes);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
    }

    @Test
    void weightsWhateverTheirName() throws IOException {
        var file = folder.resolve("weights.dat");
        var tensors = new LinkedHashMap<String, TensorData>();
        tensors.put("layer.weight", TensorData.of(new float[6], 2, 3));
        tensors.put("count", TensorData.of(new long[1]));
        SafeTensors.write(file, tensors, Map.of("config", "{\"width\": 8}", "note", "{ not json"));
        var json = json(file);
        assertEquals("safetensors", json.get("kind").asText());
        assertEquals(7, json.get("parameters").asInt());
        assertEquals(8, json.get("metadata").get("config").get("width").asInt());
        assertEquals("{ not json", json.get("metadata").get("note").asText());
        assertEquals("[2,3]", json.get("tensors").get(0).get("shape").toString());
        assertTrue(text(file).matches("(?s).*layer\\.weight  F32 +6  2 x 3\n.*count +I64 +1  scalar\n.*"), text(file));
    }

    @Test
    void arrays() throws IOException {
        var file = folder.resolve("a.npz");
        Npz.write(file, npz -> {
            npz.array("arr_0", TensorData.of(new byte[24], 2, 2, 2, 3));
            npz.array("arr_1", TensorData.of(new long[] {1, 2}, 2));
        });
        assertEquals("[2,2,2,3]", json(file).get("arrays").get(0).get("shape").toString());
        assertTrue(text(file).contains("arr_1  I64   2\n"), text(file));
    }

    @Test
    void picturesWithTheirText() throws IOException {
        var file = folder.resolve("picture");
        Png.write(file, new ByteImage(2, 3, 1, new byte[6]), Map.of("anneal.model", "runs/x", "Title", "two\nlines"));
        var json = json(file);
        assertEquals(3, json.get("width").asInt());
        assertEquals("runs/x", json.get("text").get("anneal.model").asText());
        assertTrue(text(file).contains("3 x 2 pixels, grey"), text(file));
        assertTrue(text(file).contains("Title:\n  two\n  lines\n"), text(file));
    }

    @Test
    void idxCompressedOrNot() throws IOException {
        var labels = new byte[] {0, 0, 8, 1, 0, 0, 0, 3, 7, 7, 2};
        var plain = Files.write(folder.resolve("labels"), labels);
        var compressed = folder.resolve("labels.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(compressed))) {
            out.write(labels);
        }
        for (var file : new Path[] {plain, compressed}) {
            assertEquals("{\"2\":1,\"7\":2}", json(file).get("labelCounts").toString());
            assertTrue(text(file).contains("3 labels\n  label 2: 1\n  label 7: 2\n"), text(file));
        }
        refused(Files.write(folder.resolve("cut"), new byte[] {0, 0, 8, 1, 0, 0, 0, 4, 7}), "truncated");
    }

    @Test
    void anythingElseIsRefusedInOneLine() throws IOException {
        refused(folder.resolve("missing"), "no such file");
        refused(folder, "no config.json");
        refused(Files.writeString(folder.resolve("notes.txt"), "hello"), "of no kind");
        refused(Files.write(folder.resolve("empty"), new byte[0]), "of no kind");
        refused(Files.write(folder.resolve("zip"), new byte[] {'P', 'K', 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0}), "without .npy");
        refused(Files.write(folder.resolve("torn"), new byte[] {9, 0, 0, 0, 0, 0, 0, 0, '{', '"'}), "");
    }
}
