package anneal.gpucheck;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A stage's findings in a file, a line of JSON each, which is written as soon as it is known: whoever kills the stage
 * loses none. Successes are printed by the hundred, everything else at once.
 */
final class Findings {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int SUCCESSES_A_LINE = 100;

    private final Path file;
    private int passed;

    Findings(Path file) {
        this.file = file;
    }

    void add(Finding finding) {
        try {
            Files.writeString(file, JSON.writeValueAsString(finding) + "\n", StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        if (finding.status() != Finding.Status.OK) {
            System.out.println(finding.line());
        } else if (++passed % SUCCESSES_A_LINE == 0) {
            System.out.println("         " + passed + " checks passed so far, the last " + finding.name());
        }
        System.out.flush();
    }

    /**
     * All that a file holds; none if it is not there. A line that was cut off when the writer was killed is left out.
     */
    static List<Finding> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        var all = new ArrayList<Finding>();
        for (var line : Files.readString(file, StandardCharsets.UTF_8).lines().toList()) {
            try {
                all.add(JSON.readValue(line, Finding.class));
            } catch (JsonProcessingException cutOff) {
                break;
            }
        }
        return all;
    }
}
