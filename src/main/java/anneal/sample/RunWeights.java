package anneal.sample;

import anneal.io.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** The files of weights in a run directory. */
final class RunWeights {

    private static final Pattern EMA = Pattern.compile("ema-(.+)\\.safetensors");
    private static final String NONE = "none";

    private record Average(double rate, Path file) {
    }

    private RunWeights() {
    }

    /**
     * The file with the average of the weights that is wanted.
     *
     * @param ema a rate, {@code none} for the weights as they are, or null for the slowest average there is
     * @throws DataException            in one line, if there is no such thing
     * @throws IllegalArgumentException in one line, if {@code ema} is no rate
     */
    static Path find(Path run, String ema) throws IOException {
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
            return StreamSupport.stream(files.spliterator(), false).map(RunWeights::average)
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
