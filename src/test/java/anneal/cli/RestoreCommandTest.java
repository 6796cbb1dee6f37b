package anneal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.ByteImage;
import anneal.io.ImageFiles;
import anneal.io.Png;
import anneal.sample.SmallModels;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** train --cold and restore, as a user calls them. */
class RestoreCommandTest {
    @TempDir
    private static Path folder;
    private static Path run;

    @BeforeAll
    static void train() {
        run = folder.resolve("run");
        var call = Call.of("train", "--cold", "mask", "--preset", "tiny", "--image-size", 8, "--model-channels", 32,
                "--channel-mult", "1,1", "--attention", "4", "--head-channels", 32, "--steps", 2,
                "--batch", 2, "--out", run);
        assertEquals(0, call.exit(), call.err());
        assertTrue(call.out().contains("restore --model " + run), call.out());
    }

    @Test
    void everyAlgorithmHasAColumnAndItsError() throws IOException {
        var out = folder.resolve("grid.png");
        var call = Call.of("restore", "--model", run, "--degradation", "mask", "--count", 3, "--out", out, "--json");
        assertEquals(0, call.exit(), call.err());
        var json = new JsonMapper().readTree(call.out());
        assertEquals(50, json.get("level").asInt());
        assertEquals(3, json.get("images").asInt());
        var names = json.get("stages").properties().stream().map(Map.Entry::getKey).toList();
        assertEquals(List.of("degraded", "direct", "algorithm 1", "algorithm 2"), names);
        assertTrue(json.get("stages").get("degraded").get("rmse").asDouble() > 0.05, call.out());
        assertTrue(json.get("stages").get("degraded").get("ssim").isNull(), "8 pixels are too few for a window of 11");
        var sheet = ImageFiles.read(out);
        assertTrue(sheet.width() > 5 * 8 * 3 && sheet.height() > 3 * 8 * 3, sheet.width() + "x" + sheet.height());
        assertTrue(Files.exists(folder.resolve("grid.png.json")));
    }

    @Test
    void theShippedRestorersRestore() throws IOException {
        for (var task : List.of("blur", "mask", "resolution", "snow")) {
            var out = folder.resolve(task + ".png");
            var call = Call.of("restore", "--degradation", task, "--algorithm", "direct", "--count", 8, "--out", out, "--json");
            assertEquals(0, call.exit(), call.err());
            var stages = new JsonMapper().readTree(call.out()).get("stages");
            double degraded = stages.get("degraded").get("rmse").asDouble();
            assertTrue(stages.get("direct").get("rmse").asDouble() < 0.8 * degraded, task + ": " + call.out());
            assertTrue(stages.get("direct").get("ssim").asDouble() > 0.6, task + ": " + call.out());
        }
    }

    @Test
    void oneAlgorithmAtOneLevelOfOnePicture() throws IOException {
        var picture = folder.resolve("picture.png");
        Png.write(picture, new ByteImage(8, 8, 1, new byte[64]), Map.of());
        var out = folder.resolve("one.png");
        var call = Call.of("restore", "--model", run, "--t", 3, "--algorithm", 2, picture, "--out", out);
        assertEquals(0, call.exit(), call.err());
        assertTrue(call.out().contains("1 images, degraded by mask to level 3") && call.out().contains("algorithm 2")
                && !call.out().contains("direct"), call.out());
    }

    @Test
    void whatCannotBeRestoredIsToldInOneLine() throws IOException {
        var out = folder.resolve("never.png");
        var large = folder.resolve("large.png");
        Png.write(large, new ByteImage(9, 7, 3, new byte[189]), Map.of());
        assertTrue(Call.refusal("restore", "--model", run, large, "--out", out)
                .contains("large.png: is a picture of 9x7x3, the model restores 8x8x1"));
        assertTrue(Call.refusal("restore", "--model", run, "--t", 51, "--out", out)
                .contains("level 51 is out of range: this degradation has the levels 0 (clean) to 50"));
        assertTrue(Call.refusal("restore", "--model", run, "--degradation", "blur", "--out", out)
                .contains("the model restores from mask; it was not trained for 'blur'"));
        assertTrue(Call.refusal("restore", "--model", run, "--algorithm", 3, "--out", out)
                .contains("--algorithm 3: use 1, 2, direct or all"));
        var denoiser = SmallModels.unet(folder.resolve("denoiser.safetensors"), 1);
        assertTrue(Call.refusal("restore", "--model", denoiser, "--out", out)
                .contains("was not trained to restore degraded images"));
        assertTrue(Call.refusal("restore", "--out", out).contains("give --model, or a --degradation for which a model"));
        assertTrue(Call.refusal("restore", "--degradation", "melt", "--out", out)
                .contains("no model that restores from 'melt' comes with this build"));
        assertTrue(Call.refusal("restore", "--model", run, "--algorithm", "direct", "--strip", out, "--out", out)
                .contains("--strip shows the steps of Algorithm 1 and 2; direct takes none"));
        assertTrue(Call.refusal("train", "--cold", "melt", "--out", folder.resolve("melt")).contains("called 'melt'"));
        assertTrue(Call.refusal("train", "--cold", "mine.Missing", "--preset", "tiny", "--out", folder.resolve("mine"))
                .contains("there is no class mine.Missing"));
        assertTrue(Call.refusal("train", "--cold", "blur", "--class-cond", "--out", folder.resolve("c"))
                .contains("a restorer is not told classes"));
    }
}
