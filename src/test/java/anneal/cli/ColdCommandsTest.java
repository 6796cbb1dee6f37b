package anneal.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.ImageFiles;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cold Diffusion's networks, its generation and its figures, as a user calls them. */
class ColdCommandsTest {
    @TempDir
    private static Path folder;

    private static Path trained(String name, Object... words) {
        var run = folder.resolve(name);
        var all = new ArrayList<Object>(List.of("train", "--data", "fashion-embedded", "--steps", 2, "--batch", 2,
                "--microbatch", 0, "--out", run));
        all.addAll(Arrays.asList(words));
        var call = Call.of(all.toArray());
        assertEquals(0, call.exit(), call.err());
        return run;
    }

    @Test
    void theAuthorsNetworksTrainAndRestore() throws IOException {
        var convnext = trained("convnext", "--cold", "resolution", "--preset", "mnist-published", "--image-size", 16,
                "--model-channels", 4, "--channel-mult", "1,2", "--cold-loss", "l2");
        var resnet = trained("resnet", "--cold", "blur", "--preset", "cifar10-published", "--model-channels", 32,
                "--channel-mult", "1,1", "--res-blocks", 1, "--channels", 3);
        for (var run : List.of(convnext, resnet)) {
            var config = new JsonMapper().readTree(Files.readString(run.resolve("config.json")));
            assertEquals(run.getFileName().toString(), config.get("restorer").get("network").get("type").asText());
            var grid = folder.resolve(run.getFileName() + ".png");
            var strip = folder.resolve(run.getFileName() + "-steps.png");
            var call = Call.of("restore", "--model", run, "--count", 2, "--t", 3, "--out", grid, "--strip", strip);
            assertEquals(0, call.exit(), call.err());
            assertTrue(call.out().contains("SSIM") && call.out().contains("PSNR"), call.out());
            // Four columns, s = 3 to 0; two rows for each algorithm.
            var steps = ImageFiles.read(strip);
            assertTrue(steps.width() > 4 * 16 && steps.height() > 4 * 16, steps.width() + "x" + steps.height());
        }
        assertTrue(Call.refusal("train", "--cold", "blur", "--preset", "mnist-published", "--heads", 2, "--data",
                "fashion-embedded", "--out", folder.resolve("no")).contains("a convnext network has no --heads"));
        assertTrue(Call.refusal("train", "--cold", "mix", "--preset", "tiny", "--out", folder.resolve("no"))
                .contains("--cold mix needs --cold-with"));
        assertTrue(Call.refusal("train", "--cold-loss", "l2", "--preset", "tiny", "--out", folder.resolve("no"))
                .contains("--cold-loss is for --cold"));
    }

    /** From blur by a mixture of means, from noise, from plain colours: same seed, same images, whatever the batch. */
    @Test
    void aRestorerGenerates() throws IOException {
        var small = List.of("--preset", "tiny", "--image-size", 8, "--model-channels", 32, "--channel-mult", "1,1",
                "--attention", "4", "--head-channels", 32);
        for (var cold : List.of("resolution", "noise", "colour-mask", "mix")) {
            var words = new ArrayList<Object>(small);
            words.addAll(List.of("--cold", cold, "--channels", cold.equals("resolution") ? 1 : 3));
            if (cold.equals("mix")) {
                words.addAll(List.of("--cold-with", "mnist-test"));
            }
            if (!cold.equals("resolution")) {
                words.set(1, "cifar10");
            }
            var run = trained("generate " + cold, words.toArray());
            byte[] two = generated(run, "--batch", 2);
            assertArrayEquals(two, generated(run, "--batch", 3), cold);
            assertNotEquals(List.of(two), List.of(generated(run, "--seed", 5)));
            int pixels = two.length / 5;
            assertTrue(!Arrays.equals(Arrays.copyOf(two, pixels), Arrays.copyOfRange(two, pixels, 2 * pixels)), cold);
        }
        var run = folder.resolve("generate resolution");
        var flat = generated(run, "--symmetry-noise", 0);
        assertTrue(!Arrays.equals(flat, generated(run)), "noise breaks the symmetry");
        assertTrue(Call.refusal("sample", "--model", run, "--labels", "0-9", "--out", folder.resolve("n.npz"))
                .contains("leave out --sampler, --steps, --eta, --labels and all guidance"));
        assertTrue(Call.refusal("sample", "--model", run.resolve("model.safetensors"), "--out", folder.resolve("n.npz"))
                .contains("give some as --start-data"));
        assertTrue(Call.refusal("sample", "--model", "fashion", "--components", 2, "--out", folder.resolve("n.npz"))
                .contains("are for a restorer of degraded images; this is a diffusion model"));
        assertTrue(Call.refusal("sample", "--model", folder.resolve("generate noise"), "--start-grid", 2, "--out",
                folder.resolve("n.npz")).contains("knows its start"));
    }

    private static byte[] generated(Path run, Object... words) throws IOException {
        var out = folder.resolve("generated.npz");
        var all = new ArrayList<Object>(List.of("sample", "--model", run, "--count", 5, "--out", out));
        if (run.toString().endsWith("resolution")) {
            all.addAll(List.of("--start-data", "fashion-embedded", "--start-images", 60, "--start-grid", 2,
                    "--components", 2));
        }
        all.addAll(Arrays.asList(words));
        var call = Call.of(all.toArray());
        assertEquals(0, call.exit(), call.err());
        var bytes = Files.readAllBytes(out);
        // The array's own bytes: dates in the container may differ.
        return Arrays.copyOfRange(bytes, 128, bytes.length - 100);
    }

    @Test
    void theStudyHasARowForEachWay() throws IOException {
        var run = trained("study", "--cold", "resolution", "--preset", "tiny", "--model-channels", 32, "--channel-mult",
                "1,1", "--attention", "7", "--head-channels", 32);
        var json = folder.resolve("study.json");
        var call = Call.of("study", "restoration", "--model", run, "--data", "fashion-test", "--judge", "fashion-judge",
                "--count", 60, "--out", json);
        assertEquals(0, call.exit(), call.err());
        assertTrue(call.out().contains("| algorithm 2 |"), call.out());
        var rows = new JsonMapper().readTree(Files.readString(json)).get("rows");
        assertEquals(4, rows.size());
        assertTrue(rows.get(0).get("ssim").asDouble() > 0.1 && rows.get(0).get("ssim").asDouble() < 1, rows.toString());
        var generated = Call.of("study", "generation", "--model", run, "--data", "fashion-test", "--judge", "fashion-judge",
                "--count", 20, "--batch", 7, "--start-images", 60, "--symmetry-noise", "0,0.1", "--out", json);
        assertEquals(0, generated.exit(), generated.err());
        var distances = new JsonMapper().readTree(Files.readString(json)).get("rows");
        assertEquals(2, distances.size());
        assertTrue(distances.get(0).get("frechet").asDouble() > 0, distances.toString());
        assertTrue(Call.refusal("study", "restoration", "--model", run, "--data", "fashion-test", "--judge", "fashion-judge",
                "--count", 10_001).contains("from 2 to 10000 can be had"));
    }
}
