package anneal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.SafeTensors;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What two run directories have in common, to the bit; only the clock may differ. */
public final class RunComparison {
    private static final int SECONDS_COLUMN = 2;

    private RunComparison() {
    }

    /** Weights, averages, both logs, and all that the newest checkpoint holds. */
    public static void assertSame(Path expected, Path actual) throws IOException {
        List<String> weights = names(expected, "{model,ema-*}.safetensors");
        assertEquals(3, weights.size(), "the model and two averages");
        assertEquals(weights, names(actual, "{model,ema-*}.safetensors"));
        for (String file : weights) {
            assertEquals(-1, Files.mismatch(expected.resolve(file), actual.resolve(file)), file);
        }
        assertEquals(jsonLines(expected), jsonLines(actual));
        assertEquals(csvLines(expected), csvLines(actual));
        String checkpoint = checkpoints(expected).getLast();
        assertEquals(checkpoint, checkpoints(actual).getLast());
        assertEquals(tensors(expected.resolve(checkpoint)), tensors(actual.resolve(checkpoint)));
        assertEquals(List.of(), names(actual, ".*.tmp"));
    }

    static List<String> jsonLines(Path run) throws IOException {
        var lines = Files.readAllLines(run.resolve("log.jsonl"));
        return lines.stream().map(l -> l.replaceAll("\"seconds\":[^,]*,", "")).toList();
    }

    private static List<String> csvLines(Path run) throws IOException {
        List<String> out = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("log.csv"))) {
            List<String> cells = new ArrayList<>(List.of(line.split(",", -1)));
            cells.remove(SECONDS_COLUMN);
            out.add(String.join(",", cells));
        }
        return out;
    }

    static List<String> checkpoints(Path run) throws IOException {
        return names(run, "checkpoint-*.safetensors");
    }

    public static List<String> names(Path folder, String glob) throws IOException {
        List<String> out = new ArrayList<>();
        try (var files = Files.newDirectoryStream(folder, glob)) {
            files.forEach(f -> out.add(f.getFileName().toString()));
        }
        return out.stream().sorted().toList();
    }

    /** Digests of a checkpoint's tensors by name. */
    private static Map<String, String> tensors(Path checkpoint) throws IOException {
        Map<String, String> out = new TreeMap<>();
        try (var file = SafeTensors.read(checkpoint)) {
            file.tensors().forEach((name, data) -> out.put(name, digest(data.bytes().toArray(ValueLayout.JAVA_BYTE))));
        }
        boolean averaged = out.keySet().stream().anyMatch(n -> n.startsWith("ema."));
        assertTrue(averaged && out.containsKey("second_moment"), () -> "a checkpoint holds only " + out.keySet());
        return out;
    }

    /** Digests of every file in a folder but its lock. */
    public static Map<String, String> everything(Path folder) throws IOException {
        Map<String, String> out = new TreeMap<>();
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.getFileName().toString().equals(".lock")) {
                    out.put(folder.relativize(file).toString(), digest(Files.readAllBytes(file)));
                }
            }
        }
        return out;
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
