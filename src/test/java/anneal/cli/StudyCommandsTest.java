package anneal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.ByteImage;
import anneal.io.Png;
import anneal.sample.SmallModels;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** export, evaluate and study from the command line, with small random models and made-up pictures of three classes. */
class StudyCommandsTest {
    private static final int PICTURES = 18;

    @TempDir
    private Path folder;
    private Path data;

    @BeforeEach
    void pictures() throws IOException {
        data = folder.resolve("data");
        var random = new Random(1);
        for (int i = 0; i < PICTURES; i++) {
            var pixels = new byte[SmallModels.SIZE * SmallModels.SIZE];
            random.nextBytes(pixels);
            Png.write(data.resolve("class " + i % 3).resolve(i + ".png"),
                    new ByteImage(SmallModels.SIZE, SmallModels.SIZE, 1, pixels), Map.of());
        }
    }

    private static JsonNode json(Call call) throws IOException {
        assertEquals(0, call.exit(), call.err());
        return new JsonMapper().readTree(call.out());
    }

    @Test
    void aRunIsExportedAndTheFileIsEvaluated() throws IOException {
        var run = folder.resolve("run");
        SmallModels.judge(run.resolve("model.safetensors"), 1);
        SmallModels.judge(run.resolve("ema-0.9.safetensors"), 2);
        SmallModels.judge(run.resolve("ema-0.99.safetensors"), 3);
        var half = folder.resolve("half.safetensors");
        var written = json(Call.of("export", run, "--ema", "0.9", "--half", "--out", half, "--json"));
        assertEquals(Files.size(half), written.get("bytes").asLong());
        assertEquals("F16", written.get("type").asText());
        assertTrue(written.get("from").asText().endsWith("ema-0.9.safetensors"), written.toString());
        var full = json(Call.of("evaluate", "--model", run, "--ema", "0.9", "--data", data, "--json"));
        var evaluated = json(Call.of("evaluate", "--model", half, "--data", data, "--json"));
        assertEquals(PICTURES, evaluated.get("images").asInt());
        assertTrue(evaluated.get("clean").asBoolean());
        assertEquals(full.get("lines"), evaluated.get("lines"));
        var call = Call.of("evaluate", "--model", half, "--data", data, "--count", 6);
        assertTrue(call.out().matches("(?s).*: [\\d,]+ parameters, 6 images of .* clean +\\d+\\.\\d\\d % right.*"), call.out());
    }

    @Test
    void aStudyWritesItsPageAndGoesOnFromItsJson() throws IOException {
        var page = folder.resolve("out/page.md");
        Object[] words = {"study", "guidance", "--model", SmallModels.unet(folder.resolve("m"), 1), "--classifier",
            SmallModels.classifier(folder.resolve("c"), 2), "--judge", SmallModels.judge(folder.resolve("j"), 3),
            "--reference", data, "--real", data, "--reference-count", 6, "--samples", 6, "--steps", 3, "--ddpm-samples", 3,
            "--ddpm-steps", 4, "--scales", "0,2", "--weights", "1", "--out", page};
        var first = Call.of(words);
        assertEquals(0, first.exit(), first.err());
        assertEquals(7, first.err().lines().filter(l -> l.contains("wanted class")).count(), first.err());
        assertTrue(Files.readString(page).contains("| classifier | 2 | ddim 3 | 6 |"), Files.readString(page));
        assertTrue(Files.exists(folder.resolve("out/page-variety.png")));
        var result = new JsonMapper().readTree(folder.resolve("out/page.json").toFile());
        assertEquals(7, result.get("rows").size());
        assertEquals("study", result.get("run").get("command").get(0).asText());
        var again = Call.of(words);
        assertEquals(7, again.err().lines().filter(l -> l.contains("(from before)")).count(), again.err());
        words[words.length - 3] = "0.5";
        var other = Call.of(words);
        assertTrue(other.err().contains("has the results of other settings; starting afresh"), other.err());
        assertEquals(0, other.err().lines().filter(l -> l.contains("(from before)")).count(), other.err());
    }

    @Test
    void whatCannotBeDoneIsToldInOneLine() throws IOException {
        assertFails("which study? guidance, restoration or generation", 2, "study");
        assertFails("nor a model that comes with this build", 1, "export", "nowhere", "--out", folder.resolve("x"));
        assertFails("--count must be 1 or more", 1, "evaluate", "--model", folder, "--count", 0);
        assertFails("holds a unet; a classifier is needed here", 1, "evaluate", "--model",
                SmallModels.unet(folder.resolve("m"), 1), "--data", data);
    }

    private static void assertFails(String part, int exit, Object... words) {
        var call = Call.of(words);
        assertEquals(exit, call.exit(), call.err());
        assertTrue(call.err().lines().findFirst().orElse("").contains(part), call.err());
    }
}
