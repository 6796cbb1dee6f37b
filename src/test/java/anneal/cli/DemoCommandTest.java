package anneal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.sample.ModelCatalog;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole demo in as few steps as it takes. */
@Tag("slow")
class DemoCommandTest {

    @TempDir
    private Path folder;

    @Test
    void samplesWhatIsShippedAndWhatItTrains() throws IOException {
        var call = Call.of("demo", "--minutes", 0.1, "--out", folder.resolve("demo"), "--json");
        assertEquals(0, call.exit(), call.err());
        var summary = JsonMapper.builder().build().readTree(call.out());
        boolean carriesModels = ModelCatalog.shipped().names().containsAll(List.of("fashion", "fashion-classifier"));
        for (var name : carriesModels ? List.of("shipped", "picture") : List.of("picture")) {
            var picture = Path.of(summary.get(name).asText());
            assertTrue(Files.size(picture) > 0, name);
            assertTrue(Files.exists(picture.resolveSibling(picture.getFileName() + ".json")), name);
        }
        assertTrue(summary.get("modelSteps").asInt() > 0, call.out());
        var again = Call.of("demo", "--minutes", 0.1, "--out", folder.resolve("demo"));
        assertEquals(1, again.exit());
        assertTrue(again.err().contains("is there from an earlier demo"), again.err());
    }
}
