package anneal.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.DataException;
import anneal.io.SafeTensors;
import anneal.io.TensorData;
import anneal.parity.CaseResult.Status;
import anneal.tensor.Devices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run over small made-up manifests: every way for a case to go wrong is told, and none stops the others. */
class ParityRunTest {
    private static final String TENSORS = """
            [{"name": "in.x", "role": "input", "dtype": "float32", "shape": [3]},
             {"name": "in.g", "role": "input", "dtype": "float32", "shape": [3]},
             {"name": "out.y", "role": "output", "dtype": "float64", "shape": [3], "atol": 1e-6, "rtol": 0.0},
             {"name": "grad.x", "role": "output", "dtype": "float64", "shape": [3], "atol": 1e-6, "rtol": 0.0}]""";

    @TempDir
    private Path folder;

    private ParityReport run(String cases, Path dump) throws Exception {
        Files.writeString(folder.resolve("manifest.json"), "{\"models\": {}, \"cases\": [" + cases + "]}");
        var manifest = Manifest.read(folder);
        try (var device = Devices.open("reference")) {
            return new ParityRun(device, manifest, true, dump).run(manifest.cases(), r -> { });
        }
    }

    private static String entry(String name, String kind, String config, String file) {
        return "{\"name\": \"%s\", \"kind\": \"%s\", \"config\": %s, \"file\": %s, \"tensors\": %s}"
                .formatted(name, kind, config, file, file.equals("null") ? "[]" : TENSORS);
    }

    private static String op(String name, String op) {
        return entry(name, "op", "{\"op\": \"" + op + "\", \"attrs\": {}}", "\"square.safetensors\"");
    }

    private void writeSquare() throws Exception {
        var tensors = new LinkedHashMap<String, TensorData>();
        tensors.put("in.x", TensorData.of(new float[] {1, -2, 3}, 3));
        tensors.put("in.g", TensorData.of(new float[] {1, 1, 2}, 3));
        tensors.put("out.y", TensorData.of(new double[] {1, 4, 9}, 3));
        tensors.put("grad.x", TensorData.of(new double[] {2, -4, 12}, 3));
        SafeTensors.write(folder.resolve("square.safetensors"), tensors, Map.of());
    }

    @Test
    void tellsRightFromWrongFromUnknown() throws Exception {
        writeSquare();
        var report = run(String.join(",", op("right", "square"), op("wrong", "abs"), op("no_such_op", "frobnicate"),
                entry("no_such_kind", "frobnicate", "{}", "null"),
                entry("no_such_file", "op", "{\"op\": \"square\"}", "\"missing.safetensors\""),
                op("last", "square")), null);
        assertEquals("2 passed, 2 failed, 2 unsupported", report.summary());
        assertFalse(report.allPassed());
        var results = report.results();
        assertEquals(Status.FAIL, results.get(1).status());
        assertTrue(results.get(1).reason().startsWith("out.y is off by"), results.get(1).reason());
        assertEquals("operation 'frobnicate' is not known", results.get(2).reason());
        assertEquals(Status.UNSUPPORTED, results.get(3).status());
        assertTrue(results.get(4).reason().contains("missing.safetensors: no such file"), results.get(4).reason());
        assertEquals(Status.OK, results.get(5).status());
    }

    @Test
    void anExpectedRefusalPassesOnlyWhenRefused() throws Exception {
        var report = run(String.join(",",
                entry("refused", "schedule", "{\"schedule\": \"linear\", \"T\": 10, \"expect_error\": \"x\"}", "null"),
                entry("computed", "schedule", "{\"schedule\": \"linear\", \"T\": 50, \"expect_error\": \"x\"}", "null"),
                entry("not_expected", "schedule", "{\"schedule\": \"linear\", \"T\": 10}", "null")), null);
        assertEquals("1 passed, 2 failed, 0 unsupported", report.summary());
        assertEquals(Status.OK, report.results().getFirst().status());
        assertEquals("must be refused, but was computed", report.results().get(1).reason());
    }

    /** Later fixture sets have kinds of the same names in another vocabulary: they must not look like failures. */
    @Test
    void theOtherVocabularyIsNotMistakenForThisOne() throws Exception {
        writeSquare();
        var slots = op("other", "square").replace("\"role\": \"output\"", "\"role\": \"output\", \"slot\": \"y\"");
        assertEquals("0 passed, 0 failed, 1 unsupported", run(slots, null).summary());
    }

    /** Some sets tell inputs by their role alone, and have no in. before their names. */
    @Test
    void inputsAreFoundByTheirRoleToo() throws Exception {
        writeSquare();
        try (var file = SafeTensors.read(folder.resolve("square.safetensors"))) {
            var plain = new LinkedHashMap<String, TensorData>();
            file.tensors().forEach((name, data) -> plain.put(name.replace("in.", ""), data));
            SafeTensors.write(folder.resolve("plain.safetensors"), plain, Map.of());
        }
        var entry = op("plain", "square").replace("square.safetensors", "plain.safetensors").replace("\"in.", "\"");
        assertTrue(run(entry, null).allPassed());
    }

    @Test
    void dumpsWhatItComputed() throws Exception {
        writeSquare();
        var dump = folder.resolve("dump");
        assertTrue(run(op("right", "square"), dump).allPassed());
        try (var file = SafeTensors.read(dump.resolve("right.safetensors"))) {
            assertArrayEquals(new double[] {1, 4, 9}, file.get("out.y").toDoubles());
            assertArrayEquals(new double[] {2, -4, 12}, file.get("grad.x").toDoubles());
        }
    }

    @Test
    void aFolderWithoutManifestIsNamedInOneLine() {
        var e = assertThrows(DataException.class, () -> Manifest.read(folder));
        assertEquals(folder.resolve("manifest.json") + ": no such file", e.getMessage());
    }

    @Test
    void aManifestThatIsNotJsonIsNamedInOneLine() throws Exception {
        Files.writeString(folder.resolve("manifest.json"), "{\"cases\": [");
        var e = assertThrows(DataException.class, () -> Manifest.read(folder));
        assertTrue(e.getMessage().contains("manifest.json: is not a fixture manifest: "), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }
}
