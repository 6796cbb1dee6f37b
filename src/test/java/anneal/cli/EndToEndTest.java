package anneal.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.ByteImage;
import anneal.io.ImageFiles;
import anneal.io.NpzFile;
import anneal.io.Png;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import anneal.tensor.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From a folder of pictures to samples, at a size where it takes seconds. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EndToEndTest {

    private static final int SIDE = 8;

    @TempDir
    private static Path folder;
    private Path run;
    private Path classifier;

    @BeforeAll
    void trainBoth() throws IOException {
        picturesOfTwoClasses();
        run = train("train", "model", 3, "--label-dropout", "0.2");
        classifier = train("train-classifier", "classifier", 3);
    }

    /** Bright and dark ones, each a little different. */
    private static void picturesOfTwoClasses() throws IOException {
        for (int i = 0; i < 12; i++) {
            var pixels = new byte[SIDE * SIDE];
            Arrays.fill(pixels, (byte) (i % 2 == 0 ? 200 + i : 20 + i));
            Png.write(folder.resolve("data/" + (i % 2 == 0 ? "bright" : "dark") + "/" + i + ".png"),
                    new ByteImage(SIDE, SIDE, 1, pixels), Map.of());
        }
    }

    private static List<Object> words(String command, Path out, int steps, Object... more) {
        var given = List.of(more);
        var words = new ArrayList<Object>(List.of(command, "--data", folder.resolve("data"), "--out", out, "--steps",
                steps, "--image-size", SIDE, "--model-channels", 32, "--channel-mult", "1", "--res-blocks", 1,
                "--attention", 0,
                "--batch", 4, "--warmup", 0, "--log-every", 1, "--preview-every", steps / 2, "--seed", 3,
                "--ema", "0.5,0.9", "--lr", 0.05));
        if (!given.contains("--diffusion-steps")) {
            words.addAll(List.of("--diffusion-steps", 20));
        }
        words.addAll(given);
        return words;
    }

    private static Path train(String command, String name, int steps, Object... more) {
        var out = folder.resolve(name);
        var call = Call.of(words(command, out, steps, more).toArray());
        assertEquals(0, call.exit(), call.err());
        return out;
    }

    private Call sample(String file, Object... more) {
        var words = new ArrayList<Object>(List.of("sample", "--model", run, "--out", folder.resolve(file), "--steps",
                4));
        words.addAll(List.of(more));
        return Call.of(words.toArray());
    }

    private byte[] sampled(String file, Object... more) throws IOException {
        var call = sample(file, more);
        assertEquals(0, call.exit(), call.err());
        try (var npz = NpzFile.open(folder.resolve(file))) {
            return npz.read("arr_0").toBytes();
        }
    }

    private static JsonNode json(String text) throws IOException {
        return JsonMapper.builder().build().readTree(text);
    }

    private static void refused(Call call, String... words) {
        assertEquals(1, call.exit(), call.err());
        assertEquals(1, call.err().lines().count(), call.err());
        for (var word : words) {
            assertTrue(call.err().contains(word), call.err());
        }
    }

    @Test
    void aRunLeavesWhatItPromises() throws IOException {
        for (var name : List.of("config.json", "run.json", "log.jsonl", "log.csv", "model.safetensors",
                "ema-0.5.safetensors", "ema-0.9.safetensors", "checkpoint-00000003.safetensors",
                "previews/00000001.png")) {
            assertTrue(Files.size(run.resolve(name)) > 0, name);
        }
        var json = json(Call.of("inspect", run, "--json").out());
        assertEquals(2, json.get("config").get("unet").get("numClasses").asInt());
        assertEquals(3, json.get("lastLog").get("step").asInt());
        assertEquals(3, json.get("weights").size());
        assertTrue(Call.of("inspect", run).out().contains("checkpoint-00000003.safetensors ("));
        var history = json(Files.readString(run.resolve("run.json")));
        assertEquals("fashion", history.get("preset").asText());
        assertEquals("train", history.get("sessions").get(0).get("command").get(0).asText());
    }

    @Test
    void resumedEqualsUninterruptedAndNeedsNoOptionsAgain() throws IOException {
        var whole = train("train", "whole", 5);
        var parts = train("train", "parts", 2);
        var call = Call.of("train", "--out", parts, "--steps", 5, "--resume", "--json", "--log-every", 1);
        assertEquals(0, call.exit(), call.err());
        assertEquals(5, json(call.out()).get("steps").asInt());
        for (var name : List.of("model.safetensors", "ema-0.9.safetensors")) {
            assertArrayEquals(Files.readAllBytes(whole.resolve(name)), Files.readAllBytes(parts.resolve(name)), name);
        }
        assertEquals(6, Files.readAllLines(parts.resolve("log.csv")).size());
        assertEquals(2, json(Files.readString(parts.resolve("run.json"))).get("sessions").size());
    }

    @Test
    void runsAreNotMixedUp() {
        refused(Call.of("train", "--out", run), "holds a run already", "--resume");
        refused(Call.of("train", "--out", folder.resolve("none"), "--resume"), "no run to resume");
        assertFalse(Files.exists(folder.resolve("none")));
        refused(Call.of("train", "--out", run, "--resume", "--batch", 5, "--lr", 0.5), "optimization.batch: 4, 5",
                "optimization.learningRate: ", "0.5");
        refused(Call.of("train", "--out", run, "--resume", "--preset", "mnist"), "--preset fashion, not mnist");
        refused(Call.of("train-classifier", "--out", run, "--resume"), "diffusion model", "train");
        refused(Call.of("train", "--out", folder.resolve("x"), "--data", folder.resolve("nowhere")),
                "nowhere: no such");
        Devices.unavailable("cuda").ifPresent(reason -> refused(
                Call.of("train", "--out", folder.resolve("x"), "--device", "cuda"), "'cuda' " + reason));
        refused(Call.of("train", "--out", folder.resolve("x"), "--label-dropout", 0.1, "--no-class-cond", "--data",
                folder.resolve("data")), "null class");
    }

    @Test
    void theSameSeedGivesTheSameImagesInAnyBatches() throws IOException {
        var images = sampled("a.npz", "--count", 5, "--seed", 7, "--sampler", "ddpm");
        assertEquals(5 * SIDE * SIDE, images.length);
        assertArrayEquals(images, sampled("b.npz", "--count", 5, "--seed", 7, "--sampler", "ddpm", "--batch", 1,
                "--threads", 1));
        assertFalse(Arrays.equals(images, sampled("c.npz", "--count", 5, "--seed", 8, "--sampler", "ddpm")));
        assertArrayEquals(Files.readAllBytes(folder.resolve("a.npz")), Files.readAllBytes(folder.resolve("b.npz")));
    }

    @Test
    void choicesChangeTheImages() throws IOException {
        var plain = sampled("plain.npz", "--count", 2, "--labels", "dark", "--seed", 7);
        var different = Map.of("label", new Object[] {"--labels", "bright"},
                "average", new Object[] {"--labels", "dark", "--ema", "none"},
                "eta", new Object[] {"--labels", "dark", "--eta", "1"},
                "clip", new Object[] {"--labels", "dark", "--no-clip"},
                "cfg", new Object[] {"--labels", "dark", "--cfg-scale", "3"},
                "classifier", new Object[] {"--labels", "dark", "--classifier", classifier, "--guidance", "30"});
        for (var choice : different.entrySet()) {
            var words = new ArrayList<Object>(List.of("--count", 2, "--seed", 7));
            words.addAll(List.of(choice.getValue()));
            assertFalse(Arrays.equals(plain, sampled(choice.getKey() + ".npz", words.toArray())), choice.getKey());
        }
        assertArrayEquals(sampled("guidance.npz", "--count", 2, "--seed", 7, "--labels", "dark", "--guidance", "3"),
                sampled("cfg2.npz", "--count", 2, "--seed", 7, "--labels", "dark", "--cfg-scale", "3"));
    }

    @Test
    void arraysCarryTheLabelsThatWereAskedFor() throws IOException {
        sampled("labels.npz", "--count", 5, "--labels", "1,0", "--batch", 2);
        try (var npz = NpzFile.open(folder.resolve("labels.npz"))) {
            assertArrayEquals(new long[] {1, 0, 1, 0, 1}, npz.read("arr_1").toLongs());
            assertArrayEquals(new long[] {5, SIDE, SIDE, 1}, npz.read("arr_0").shape());
        }
        sampled("nolabels.npz", "--count", 2);
        try (var npz = NpzFile.open(folder.resolve("nolabels.npz"))) {
            assertEquals(List.of("arr_0"), npz.names());
        }
    }

    @Test
    void aPictureIsASheetThatSaysWhatMadeIt() throws IOException {
        var call = sample("sheet.png", "--classifier", classifier, "--labels", "all", "--count", 6, "--guidance", 2,
                "--json");
        assertEquals(0, call.exit(), call.err());
        assertEquals(6, json(call.out()).get("count").asInt());
        var sheet = ImageFiles.read(folder.resolve("sheet.png"));
        assertTrue(sheet.width() >= 2 * 64 && sheet.height() >= 3 * 64, sheet.width() + "x" + sheet.height());
        var request = json(Png.readText(folder.resolve("sheet.png")).get("anneal.request"));
        assertEquals(2.0, request.get("classifierScale").asDouble());
        var record = json(Files.readString(folder.resolve("sheet.png.json")));
        assertEquals(request, record.get("request"));
        assertEquals(run.resolve("ema-0.9.safetensors").toString(), record.get("model").asText());
        assertEquals(20, record.get("diffusion").get("steps").asInt());
    }

    @Test
    void whatCannotBeSampledIsToldInOneLine() {
        refused(sample("x.png", "--labels", "2"), "label 2 is out of range", "bright, dark");
        refused(sample("x.jpg"), ".png", ".npz");
        refused(sample("x.png", "--classifier", run), "a classifier is needed");
        refused(sample("x.png", "--ema", "0.99"), "0.5, 0.9, none");
        refused(Call.of("sample", "--model", run, "--steps", 21, "--out", folder.resolve("x.png")), "20 timesteps");
        refused(Call.of("sample", "--model", classifier), "a diffusion model is needed");
        refused(Call.of("sample", "--model", folder.resolve("nothing")), "nothing: no such");
        refused(Call.of("sample", "--model", run.resolve("config.json")), "config.json: ");
        assertFalse(Files.exists(folder.resolve("x.png")));
    }

    @Test
    void anUnconditionalModelTakesNoLabelsButAClassifiersGuidance() throws IOException {
        var free = train("train", "free", 1, "--no-class-cond", "--no-learn-sigma");
        refused(Call.of("sample", "--model", free, "--labels", 0, "--out", folder.resolve("f.png")), "--labels needs");
        refused(Call.of("sample", "--model", free, "--guidance", 2, "--out", folder.resolve("f.png")),
                "--guidance needs a --classifier");
        var call = Call.of("sample", "--model", free, "--classifier", classifier, "--labels", "dark", "--count", 1,
                "--steps", 2, "--out", folder.resolve("f.png"));
        assertEquals(0, call.exit(), call.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"schedule", "length"})
    void aClassifierOfAnotherProcessCannotGuide(String difference) {
        var other = difference.equals("schedule")
                ? train("train-classifier", "linear", 0, "--noise-schedule", "linear")
                : train("train-classifier", "longer", 0, "--diffusion-steps", 30);
        refused(sample("x.png", "--classifier", other, "--labels", 0), "the classifier was trained on the noise of");
    }

    @Test
    void theReferenceDeviceDoesItToo() throws IOException {
        var exact = train("train", "exact", 1, "--device", "reference", "--label-dropout", 0);
        var call = Call.of("sample", "--model", exact, "--device", "reference", "--count", 1, "--steps", 2, "--out",
                folder.resolve("exact.png"));
        assertEquals(0, call.exit(), call.err());
    }
}
