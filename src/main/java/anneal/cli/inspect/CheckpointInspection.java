package anneal.cli.inspect;

import anneal.cli.Figures;
import anneal.cli.inspect.WeightsInspection.TensorLine;
import anneal.io.TorchCheckpoint;
import anneal.io.TorchCheckpoint.TensorShape;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A checkpoint of PyTorch; names are paths through its dicts and lists.
 *
 * @param parameters elements of all tensors
 * @param values     what is not a tensor
 */
public record CheckpointInspection(String file, String kind, long bytes, long parameters, Map<String, Object> values,
                                   List<TensorLine> tensors) implements Inspection {

    static CheckpointInspection of(Path path) throws IOException {
        try (var checkpoint = TorchCheckpoint.read(path)) {
            var values = new LinkedHashMap<String, Object>();
            var lines = new ArrayList<TensorLine>();
            checkpoint.entries().forEach((name, value) -> {
                if (value instanceof TensorShape t) {
                    lines.add(new TensorLine(name, t.type().name(), t.shape(), t.elements()));
                } else {
                    values.put(name, value);
                }
            });
            return new CheckpointInspection(path.toString(), "PyTorch checkpoint", Files.size(path),
                    lines.stream().mapToLong(TensorLine::elements).sum(), values, lines);
        }
    }

    @Override
    public void print(PrintWriter out) {
        out.printf("%s: %s, %s, %s tensors, %s elements%n", file, kind, Figures.bytes(bytes),
                Figures.count(tensors.size()), Figures.count(parameters));
        if (!values.isEmpty()) {
            out.println();
            values.forEach((name, value) -> out.println(name + ": " + value));
        }
        if (!tensors.isEmpty()) {
            TensorLine.print(tensors, out);
        }
    }
}
