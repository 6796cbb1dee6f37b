package anneal.cli.inspect;

import anneal.cli.Figures;
import anneal.io.DataException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * A run directory.
 *
 * @param config      as the run keeps it
 * @param lastLog     newest line of the log; null before the first
 * @param weights     files of weights, for sampling
 * @param checkpoints files that training can be resumed from, oldest first
 * @param previews    how many preview pictures there are
 */
public record RunInspection(String file, String kind, JsonNode config, JsonNode lastLog, List<FileLine> weights,
                            List<FileLine> checkpoints, long previews) implements Inspection {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String CHECKPOINT = "checkpoint-";
    /** More than any line of a log. */
    private static final int TAIL = 1 << 16;

    /** One file of the run. */
    public record FileLine(String name, long bytes) {
        static FileLine of(Path file) throws IOException {
            return new FileLine(file.getFileName().toString(), Files.size(file));
        }
    }

    static RunInspection of(Path folder) throws IOException {
        var config = folder.resolve("config.json");
        if (!Files.isRegularFile(config)) {
            throw DataException.in(folder, "is not a run directory: it has no config.json");
        }
        var log = folder.resolve("log.jsonl");
        return new RunInspection(folder.toString(), "run", readJson(config),
                Files.isRegularFile(log) ? lastLine(log) : null, files(folder, false), files(folder, true),
                countPreviews(folder.resolve("previews")));
    }

    private static JsonNode readJson(Path file) throws IOException {
        try {
            return JSON.readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw DataException.in(file, "is not JSON");
        }
    }

    /** The last complete line; a run that is being trained may be writing one more. */
    private static JsonNode lastLine(Path log) throws IOException {
        try (var in = new RandomAccessFile(log.toFile(), "r")) {
            int n = (int) Math.min(TAIL, in.length());
            var bytes = new byte[n];
            in.seek(in.length() - n);
            in.readFully(bytes);
            var text = new String(bytes, StandardCharsets.UTF_8);
            var complete = text.substring(0, text.lastIndexOf('\n') + 1).stripTrailing();
            return complete.isEmpty() ? null : JSON.readTree(complete.substring(complete.lastIndexOf('\n') + 1));
        } catch (JsonProcessingException e) {
            throw DataException.in(log, "has a last line that is not JSON");
        }
    }

    private static List<FileLine> files(Path folder, boolean checkpoints) throws IOException {
        try (var all = Files.newDirectoryStream(folder, "*.safetensors")) {
            var chosen = StreamSupport.stream(all.spliterator(), false)
                    .filter(f -> f.getFileName().toString().startsWith(CHECKPOINT) == checkpoints).sorted().toList();
            var lines = new FileLine[chosen.size()];
            for (int i = 0; i < lines.length; i++) {
                lines[i] = FileLine.of(chosen.get(i));
            }
            return List.of(lines);
        }
    }

    private static long countPreviews(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (var files = Files.newDirectoryStream(folder, "*.png")) {
            return StreamSupport.stream(files.spliterator(), false).count();
        }
    }

    @Override
    public void print(PrintWriter out) {
        out.println(file + ": run directory");
        out.println();
        out.println("config:");
        config.toPrettyString().lines().forEach(line -> out.println("  " + line));
        out.println();
        out.println("last log line: " + (lastLog == null ? "none yet" : logLine()));
        out.println("checkpoints:   " + list(checkpoints));
        out.println("weights:       " + list(weights));
        out.println("previews:      " + Figures.count(previews));
    }

    private String logLine() {
        return lastLog.propertyStream()
                .map(e -> e.getKey() + " " + (e.getValue().isDouble() ? Figures.three(e.getValue().asDouble())
                        : e.getValue().asText()))
                .collect(Collectors.joining(", "));
    }

    private static String list(List<FileLine> files) {
        return files.isEmpty() ? "none" : files.stream().map(f -> f.name() + " (" + Figures.bytes(f.bytes()) + ")")
                .collect(Collectors.joining(", "));
    }
}
