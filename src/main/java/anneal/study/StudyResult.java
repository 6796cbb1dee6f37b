package anneal.study;

import anneal.io.AtomicFiles;
import anneal.io.DataException;
import anneal.io.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a study has found so far; a JSON file from which an interrupted one goes on.
 *
 * @param settings what the figures follow from
 * @param run      what made them: version, commit, device, command
 * @param rows     that are done, in the order of the cases
 */
public record StudyResult(StudySettings settings, JsonNode run, List<StudyRow> rows) {
    public StudyResult {
        rows = List.copyOf(rows);
    }

    /**
     * Reads a result.
     *
     * @return empty if there is no file
     * @throws DataException in one line, if the file is no result of this study
     */
    public static Optional<StudyResult> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.read(Files.readString(file), StudyResult.class));
        } catch (IllegalArgumentException e) {
            throw DataException.in(file, "is no result of this study; remove it, or choose another --out (%s)",
                    e.getMessage());
        }
    }

    /** Writes the file, whole or not at all. */
    public void write(Path file) throws IOException {
        AtomicFiles.write(file, out -> out.write((Json.write(this) + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    Optional<StudyRow> row(StudyCase setting) {
        return rows.stream().filter(r -> r.setting().equals(setting)).findFirst();
    }

    StudyResult with(StudyRow row) {
        var all = new ArrayList<>(rows);
        all.add(row);
        return new StudyResult(settings, run, all);
    }
}
