package anneal.study;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.data.Datasets;
import anneal.data.ImageDataset;
import anneal.data.Pixels;
import anneal.sample.ImageClassifier;
import anneal.sample.SmallModels;
import anneal.tensor.Device;
import anneal.tensor.Devices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifierEvaluationTest {
    private static final int COUNT = 103;
    /** A seed whose judge has all three opinions. */
    private static final int JUDGE = 10;

    @TempDir
    private Path folder;
    private Device device;

    @BeforeEach
    void open() {
        device = Devices.open("cpu");
    }

    @AfterEach
    void close() {
        device.close();
    }

    /** Image by image, without batches: what the classifier takes it for. */
    private int[] oneByOne(ImageClassifier classifier, ImageDataset data) throws IOException {
        var network = classifier.network();
        int[] predicted = new int[COUNT];
        for (int i = 0; i < COUNT; i++) {
            try (var scope = device.scope()) {
                var x = new float[64];
                Pixels.imageToTensor(data.image(i).pixels(), 0, 8, 8, 1, false, x, 0);
                float[] logits = network.forward(device.of(x, 1, 8, 8, 1), device.ofInts(new int[1], 1)).toFloats();
                predicted[i] = IntStream.range(0, 3).boxed().max((a, b) -> Float.compare(logits[a], logits[b])).orElseThrow();
            }
        }
        return predicted;
    }

    @Test
    void accuracyIsTheShareOfImagesThatAreRight() throws IOException {
        var data = new Shades(COUNT);
        try (var judge = ImageClassifier.open(SmallModels.judge(folder.resolve("j"), JUDGE), device)) {
            int[] predicted = oneByOne(judge, data);
            assertTrue(IntStream.of(predicted).distinct().count() > 1, "a judge with one opinion proves nothing");
            List<Integer> told = new ArrayList<>();
            var lines = new ClassifierEvaluation(device, judge, data).run(1000, 1, told::add, () -> false);
            assertEquals(1, lines.size());
            long right = IntStream.range(0, COUNT).filter(i -> predicted[i] == data.label(i)).count();
            assertEquals((double) right / COUNT, lines.getFirst().accuracy());
            for (int c = 0; c < 3; c++) {
                int wanted = c;
                int[] own = IntStream.range(0, COUNT).filter(i -> data.label(i) == wanted).toArray();
                double share = IntStream.of(own).filter(i -> predicted[i] == wanted).count() / (double) own.length;
                assertEquals(share, lines.getFirst().byClass().get(c));
            }
            assertEquals(List.of(50, 100, COUNT), told);
        }
    }

    @Test
    void aVerdictCountsWhatWasWanted() throws IOException {
        var verdict = new Judge.Verdict(new int[] {2, 0, 1, 1}, new float[] {0, 1, 2, 3, 4, 5, 6, 7});
        assertEquals(0.75, verdict.share(new int[] {2, 0, 1, 0}));
        assertArrayEquals(new double[] {3, 4}, verdict.statistics().mean());
        try (var judge = ImageClassifier.open(SmallModels.judge(folder.resolve("j"), JUDGE), device)) {
            var data = new Shades(COUNT);
            var seen = new Judge(device, judge, done -> { }, () -> false).look(data::copyImage, COUNT);
            assertArrayEquals(oneByOne(judge, data), seen.predicted());
            assertEquals(COUNT * 32, seen.features().length);
        }
    }

    @Test
    void aClassifierOfNoisedImagesIsLookedAtWithNoise() throws IOException {
        try (var classifier = ImageClassifier.open(SmallModels.classifier(folder.resolve("c"), 5), device)) {
            var evaluation = new ClassifierEvaluation(device, classifier, new Shades(40));
            assertEquals(List.of(0, 2, 5, 10, 15), evaluation.timesteps());
            var lines = evaluation.run(40, 3, done -> { }, () -> false);
            assertEquals(List.of(0, 2, 5, 10, 15), lines.stream().map(ClassifierEvaluation.Line::t).toList());
            assertEquals(lines, evaluation.run(40, 3, done -> { }, () -> false));
            var judge = new Judge(device, classifier, done -> { }, () -> false);
            var data = new Shades(40);
            var clean = judge.look(data::copyImage, 40, 0, 3).features();
            var noised = judge.look(data::copyImage, 40, 15, 3).features();
            var otherNoise = judge.look(data::copyImage, 40, 15, 4).features();
            assertTrue(distance(clean, noised) > 0.1 * size(clean), "noise must be seen");
            assertTrue(distance(noised, otherNoise) > 0.1 * size(clean), "the seed must be seen");
        }
    }

    private static double size(float[] a) {
        return distance(a, new float[a.length]);
    }

    private static double distance(float[] a, float[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> Math.abs(a[i] - b[i])).average().orElseThrow();
    }

    @Test
    void stopsWhenAskedAndRefusesOtherImages() throws IOException {
        try (var judge = ImageClassifier.open(SmallModels.judge(folder.resolve("j"), JUDGE), device)) {
            var evaluation = new ClassifierEvaluation(device, judge, new Shades(COUNT));
            assertThrows(CancellationException.class, () -> evaluation.run(COUNT, 0, done -> { }, () -> true));
            var fashion = Datasets.open("fashion-test", 28, 1);
            var e = assertThrows(IllegalArgumentException.class, () -> new ClassifierEvaluation(device, judge, fashion));
            assertTrue(e.getMessage().contains("8x8x1 images of 3 classes, the data set has 28x28x1 of 10"), e.getMessage());
        }
    }
}
