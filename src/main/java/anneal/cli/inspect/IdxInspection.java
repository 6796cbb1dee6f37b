package anneal.cli.inspect;

import anneal.cli.Figures;
import anneal.data.IdxSummary;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One IDX file of a data set such as MNIST.
 *
 * @param shape       records first
 * @param labelCounts for a file of labels, how often each occurs; otherwise null
 */
public record IdxInspection(String file, String kind, long bytes, long[] shape, Map<Integer, Integer> labelCounts)
        implements Inspection {

    static IdxInspection of(Path path) throws IOException {
        var summary = IdxSummary.read(path);
        return new IdxInspection(path.toString(), "idx", Files.size(path), summary.extents(),
                summary.labelCounts().isEmpty() ? null : summary.labelCounts());
    }

    @Override
    public void print(PrintWriter out) {
        var what = switch (shape.length) {
            case 1 -> Figures.count(shape[0]) + " labels";
            case 3 -> "%s grey images of %d x %d".formatted(Figures.count(shape[0]), shape[1], shape[2]);
            default -> "unsigned bytes " + Figures.shape(shape);
        };
        out.printf("%s: IDX, %s, %s%n", file, Figures.bytes(bytes), what);
        if (labelCounts != null) {
            out.println(labelCounts.entrySet().stream()
                    .map(e -> "  label " + e.getKey() + ": " + Figures.count(e.getValue()))
                    .collect(Collectors.joining(System.lineSeparator())));
        }
    }
}
