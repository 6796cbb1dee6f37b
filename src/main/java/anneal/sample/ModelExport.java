package anneal.sample;

import anneal.io.DataException;
import anneal.io.FileType;
import anneal.io.TensorData;
import anneal.model.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;

/**
 * A model as one file to give away: the weights, and what travels with them (config, process, class names).
 *
 * @param type elements of the file
 */
public record ModelExport(ModelSource source, FileType type) {
    /**
     * What was written.
     *
     * @param parameters how many numbers
     * @param bytes      of the file
     * @param rounding   Euclidean length of the rounding errors over that of the weights
     */
    public record Summary(String out, String from, String type, long parameters, long bytes, double rounding) {
    }

    /** @throws IllegalArgumentException if the type is not a floating one */
    public ModelExport {
        if (!type.isFloating()) {
            throw new IllegalArgumentException("weights cannot be written as " + type);
        }
    }

    /**
     * Writes the file, whole or not at all.
     *
     * @throws DataException in one line, if a weight is too large for the type
     */
    public Summary write(Path out) throws IOException {
        try (var file = source.open()) {
            var tensors = new LinkedHashMap<String, TensorData>();
            double squares = 0;
            double errors = 0;
            long count = 0;
            for (var e : file.tensors().entrySet()) {
                var rounded = e.getValue().cast(type);
                double[] before = e.getValue().toDoubles();
                double[] after = rounded.toDoubles();
                for (int i = 0; i < before.length; i++) {
                    if (!Double.isFinite(after[i])) {
                        throw DataException.in(file.path(), "%s has the value %s, which %s cannot hold", e.getKey(),
                                before[i], type);
                    }
                    squares += before[i] * before[i];
                    errors += (after[i] - before[i]) * (after[i] - before[i]);
                }
                count += before.length;
                tensors.put(e.getKey(), rounded);
            }
            ModelFile.save(out, file.config(), tensors, file.metadata());
            return new Summary(out.toString(), source.name(), type.name(), count, Files.size(out),
                    squares == 0 ? 0 : Math.sqrt(errors / squares));
        }
    }
}
