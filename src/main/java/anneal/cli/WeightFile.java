package anneal.cli;

import anneal.io.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** From what people write after {@code --model} to a file of weights. */
final class WeightFile {

    private static final Pattern EMA = Pattern.compile("ema-(.+)\\.safetensors");
    private static final String NONE = "none";

    private record Average(double rate, Path file) {
    }

    private WeightFile() {
    }

    /**
     * The file itself, or of a run directory the average of the weights that was asked for.
     *
     * @param place a file or a run directory
     * @param ema   a rate, {@code none} for the weights as they are, or null for the slowest average there is
     * @throws DataException in one line, if there is no such thing
     */
    static Path find(Path place, String ema) throws IOException {
        if (Files.isDirectory(place)) {
            return inRun(place, ema);
        }
        if (!Files.exists(place)) {
            throw DataException.in(place, "no such run directory or weight file (this build carries no models by name)");
        }
        if (ema != null) {
            throw new IllegalArgumentException("--ema chooses among the files of a run directory, but " + place
                    + " is one file");
        }
        return place;
    }

    private static Path inRun(Path run, String ema) throws IOException {
        var averages = averages(run);
        var plain = run.resolve("model.safetensors");
        if (!Files.exists(plain)) {
            throw DataException.in(run, "has no model.safetensors: %s", Files.exists(run.resolve("config.json"))
                    ? "the run has not saved anything yet" : "it is not a run directory");
        }
        if (ema == null) {
            return averages.isEmpty() ? plain : averages.getLast().file;
        }
        return ema.equals(NONE) ? plain : averages.stream().filter(a -> a.rate == rate(ema)).findFirst()
                .orElseThrow(() -> DataException.in(run, "keeps no average of rate %s; --ema may be %s", ema,
                        names(averages))).file;
    }

    /** By rate, slowest last. */
    private static List<Average> averages(Path run) throws IOException {
        try (var files = Files.newDirectoryStream(run, "ema-*.safetensors")) {
            return StreamSupport.stream(files.spliterator(), false).map(WeightFile::average)
                    .sorted(Comparator.comparingDouble(Average::rate)).toList();
        }
    }

    private static Average average(Path file) {
        var match = EMA.matcher(file.getFileName().toString());
        return new Average(match.matches() ? rate(match.group(1)) : Double.NaN, file);
    }

    private static double rate(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--ema " + text + ": a rate such as 0.999, or none", e);
        }
    }

    private static String names(List<Average> averages) {
        return averages.stream().map(a -> a.rate + ", ").collect(Collectors.joining()) + NONE;
    }
}
