package anneal.cli;

import anneal.io.DataException;
import anneal.io.Json;
import anneal.kernel.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Who trained a run: the {@code run.json} of its directory.
 *
 * @param preset    that it was begun with
 * @param precision that it was begun with, by its name on the command line; null if that is not known
 * @param sessions  each process that worked on it, oldest first
 */
record RunHistory(String preset, String precision, List<RunRecord> sessions) {

    /** Of a run that begins now. */
    static RunHistory begun(String preset, Precision precision) {
        return new RunHistory(preset, word(precision), List.of());
    }

    private static String word(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }

    static Path file(Path run) {
        return run.resolve("run.json");
    }

    /** Reads a run's; a run that was not begun by this command line has none, and gets an empty one. */
    static RunHistory read(Path run) throws IOException {
        var file = file(run);
        if (!Files.exists(file)) {
            return new RunHistory(null, null, List.of());
        }
        try {
            var read = Json.read(Files.readString(file), RunHistory.class);
            // what was written before there was a choice
            return read.precision == null ? new RunHistory(read.preset, word(Precision.FP32), read.sessions) : read;
        } catch (IllegalArgumentException e) {
            throw DataException.in(file, "%s", e.getMessage());
        }
    }

    /** @throws DataException in one line, if the run was begun in another precision: its bits would change */
    void requirePrecision(Path run, Precision now) throws DataException {
        if (precision != null && !precision.equals(word(now))) {
            throw DataException.in(run, "was begun with --precision %s, not %s; go on with that, or begin another run",
                    precision, word(now));
        }
    }

    RunHistory with(RunRecord session) {
        var all = new ArrayList<>(sessions);
        all.add(session);
        return new RunHistory(preset, precision, all);
    }
}
