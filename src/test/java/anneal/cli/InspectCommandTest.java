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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
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
