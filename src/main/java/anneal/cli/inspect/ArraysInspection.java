package anneal.cli.inspect;

import anneal.cli.Figures;
import anneal.io.DataException;
import anneal.io.NpzFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The arrays of NumPy's .npz or .npy. */
public record ArraysInspection(String file, String kind, long bytes, List<ArrayLine> arrays) implements Inspection {

    /** One array. */
    public record ArrayLine(String name, String type, long[] shape) {
    }

    static ArraysInspection ofArchive(Path path) throws IOException {
        try (var npz = NpzFile.open(path)) {
            var names = npz.names();
            if (names.isEmpty()) {
                throw DataException.in(path, "is a zip archive without .npy arrays, so not a .npz file");
            }
            var lines = new ArrayList<ArrayLine>();
            for (var name : names) {
                try (var array = npz.stream(name)) {
                    lines.add(new ArrayLine(name, array.type().name(), array.shape()));
                }
            }
            return new ArraysInspection(path.toString(), "npz", Files.size(path), lines);
        }
    }

    static ArraysInspection ofSingle(Path path) throws IOException {
        var data = NpzFile.readNpy(path);
        var line = new ArrayLine("array", data.type().name(), data.shape());
        return new ArraysInspection(path.toString(), "npy", Files.size(path), List.of(line));
    }

    @Override
    public void print(PrintWriter out) {
        out.printf("%s: %s, %s, %d array%s%n%n", file, kind, Figures.bytes(bytes), arrays.size(),
                arrays.size() == 1 ? "" : "s");
        int width = arrays.stream().mapToInt(a -> a.name().length()).max().orElse(0);
        for (var array : arrays) {
            out.printf("%-" + width + "s  %-4s  %s%n", array.name(), array.type(), Figures.shape(array.shape()));
        }
    }
}
