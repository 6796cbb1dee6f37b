package anneal.cli;

import anneal.io.DataException;
import anneal.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Who trained a run: the {@code run.json} of its directory.
 *
 * @param preset   that it was begun with
 * @param sessions each process that worked on it, oldest first
 */
record RunHistory(String preset, List<RunRecord> sessions) {

    static Path file(Path run) {
        return run.resolve("run.json");
    }

    /** Reads a run's; a run that was not begun by this command line has none, and gets an empty one. */
    static RunHistory read(Path run) throws IOException {
        var file = file(run);
        if (!Files.exists(file)) {
            return new RunHistory(null, List.of());
        }
        try {
            return Json.read(Files.readString(file), RunHistory.class);
        } catch (IllegalArgumentException e) {
            throw DataException.in(file, "%s", e.getMessage());
        }
    }

    RunHistory with(RunRecord session) {
        var all = new ArrayList<>(sessions);
        all.add(session);
        return new RunHistory(preset, all);
    }
}
