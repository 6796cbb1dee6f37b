package anneal.cli.inspect;

import anneal.cli.Figures;
import anneal.io.SafeTensors;
import anneal.io.TensorData;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file.
 *
 * @param parameters elements of all tensors
 * @param metadata   of the header; values that are JSON are shown as such
 */
public record WeightsInspection(String file, String kind, long bytes, long parameters, Map<String, JsonNode> metadata,
                                List<TensorLine> tensors) implements Inspection {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** One tensor. */
    public record TensorLine(String name, String type, long[] shape, long elements) {
        static TensorLine of(String name, TensorData data) {
            return new TensorLine(name, data.type().name(), data.shape(), data.elements());
        }

        /** A table of them. */
        static void print(List<TensorLine> tensors, PrintWriter out) {
            int width = tensors.stream().mapToInt(t -> t.name.length()).max().orElse(0);
            out.println();
            for (var t : tensors) {
                out.printf("%-" + width + "s  %-4s  %12s  %s%n", t.name, t.type, Figures.count(t.elements),
                        Figures.shape(t.shape));
            }
        }
    }

    static WeightsInspection of(Path path) throws IOException {
        try (var file = SafeTensors.read(path)) {
            var lines = file.tensors().entrySet().stream()
                    .map(e -> TensorLine.of(e.getKey(), e.getValue())).toList();
            var metadata = new LinkedHashMap<String, JsonNode>();
            file.metadata().forEach((key, value) -> metadata.put(key, json(value)));
            return new WeightsInspection(path.toString(), "safetensors", Files.size(path),
                    lines.stream().mapToLong(TensorLine::elements).sum(), metadata, lines);
        }
    }

    private static JsonNode json(String text) {
        if (text.startsWith("{") || text.startsWith("[")) {
            try {
                return JSON.readTree(text);
            } catch (JsonProcessingException justText) {
                return JSON.getNodeFactory().textNode(text);
            }
        }
        return JSON.getNodeFactory().textNode(text);
    }

    @Override
    public void print(PrintWriter out) {
        out.printf("%s: safetensors, %s, %s tensors, %s elements%n", file, Figures.bytes(bytes),
                Figures.count(tensors.size()), Figures.count(parameters));
        metadata.forEach((key, value) -> printMetadata(out, key, value));
        if (!tensors.isEmpty()) {
            TensorLine.print(tensors, out);
        }
    }

    private static void printMetadata(PrintWriter out, String key, JsonNode value) {
        out.println();
        if (value.isContainerNode()) {
            out.println(key + ":");
            value.toPrettyString().lines().forEach(line -> out.println("  " + line));
        } else {
            out.println(key + ": " + value.asText());
        }
    }
}
