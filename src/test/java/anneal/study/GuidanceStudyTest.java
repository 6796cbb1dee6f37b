package anneal.study;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.DataException;
import anneal.io.ImageFiles;
import anneal.sample.DiffusionModel;
import anneal.sample.ImageClassifier;
import anneal.sample.SmallModels;
import anneal.study.StudyCase.Kind;
import anneal.study.StudySettings.Weights;
import anneal.tensor.Device;
import anneal.tensor.Devices;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuidanceStudyTest {
    private static final StudySettings SETTINGS = new StudySettings(new Weights("m", "1"), new Weights("c", "2"),
            new Weights("j", "3"), List.of(0.0, 3.0), List.of(0.0, 1.5), 12, 4, 3, 1.5, 9, 5, "reference", 60, "real", 5);

    @TempDir
    private Path folder;
    private Device device;
    private DiffusionModel.Opened model;
    private ImageClassifier guide;
    private ImageClassifier judge;

    @BeforeEach
    void open() throws IOException {
        device = Devices.open("cpu");
        model = DiffusionModel.open(SmallModels.unet(folder.resolve("m"), 1), device);
        guide = ImageClassifier.open(SmallModels.classifier(folder.resolve("c"), 2), device);
        judge = ImageClassifier.open(SmallModels.judge(folder.resolve("j"), 10), device);
    }

    @AfterEach
    void close() {
        judge.close();
        guide.close();
        model.close();
        device.close();
    }

    private GuidanceStudy study(int batch) {
        return new GuidanceStudy(device, model.model(), guide, judge, new Shades(200), new Shades(100), batch);
    }

    private static StudyResult nothing() {
        return new StudyResult(SETTINGS, JsonNodeFactory.instance.objectNode().put("seed", 5), List.of());
    }

    private static List<StudyRow> withoutTimes(StudyResult result) {
        return result.rows().stream().map(r -> new StudyRow(r.setting(), r.wantedShare(), r.frechetDistance(),
                r.pairwiseDistance(), 0)).toList();
    }

    @Test
    void thereIsARowForEveryCaseAndTheFiguresAreFinite() throws IOException {
        List<StudyRow> told = new ArrayList<>();
        long[] last = {0, 0};
        var result = study(5).run(nothing(), folder.resolve("study.json"), new StudyListener() {
            @Override
            public void progress(StudyCase setting, long done, long total) {
                assertTrue(done > last[0], done + " after " + last[0]);
                last[0] = done;
                last[1] = total;
            }

            @Override
            public void row(StudyRow row, boolean kept) {
                assertFalse(kept);
                told.add(row);
            }
        }, () -> false);
        assertEquals(SETTINGS.cases(), result.rows().stream().map(StudyRow::setting).toList());
        assertEquals(List.of(Kind.REAL, Kind.REAL, Kind.CLASSIFIER, Kind.CLASSIFIER, Kind.CLASSIFIER_FREE,
                Kind.CLASSIFIER_FREE, Kind.CLASSIFIER, Kind.CLASSIFIER_FREE),
                result.rows().stream().map(r -> r.setting().kind()).toList());
        assertEquals(result.rows(), told);
        assertEquals(4 * 12 * 4 + 2 * 9 * 5, last[1]);
        assertEquals(last[1], last[0], "progress ends at the total");
        for (var row : result.rows()) {
            assertTrue(row.wantedShare() >= 0 && row.wantedShare() <= 1, row.toString());
            assertTrue(row.frechetDistance() > 0 && Double.isFinite(row.frechetDistance()), row.toString());
            assertTrue(row.pairwiseDistance() > 0 && row.pairwiseDistance() < 1, row.toString());
        }
        assertNotEquals(result.rows().get(2).frechetDistance(), result.rows().get(3).frechetDistance());
        assertEquals(withoutTimes(result), withoutTimes(study(12).run(nothing(), folder.resolve("other.json"),
                new StudyListener() { }, () -> false)), "the batch must not matter");
    }

    @Test
    void anInterruptedStudyGoesOn() throws IOException {
        var whole = study(5).run(nothing(), folder.resolve("whole.json"), new StudyListener() { }, () -> false);
        var file = folder.resolve("part.json");
        int[] rows = {0};
        var counting = new StudyListener() {
            @Override
            public void row(StudyRow row, boolean kept) {
                rows[0]++;
            }
        };
        assertThrows(CancellationException.class, () -> study(5).run(nothing(), file, counting, () -> rows[0] == 4));
        var part = StudyResult.read(file).orElseThrow();
        assertEquals(4, part.rows().size());
        assertEquals(SETTINGS, part.settings());
        List<Boolean> kept = new ArrayList<>();
        var resumed = study(5).run(part, file, new StudyListener() {
            @Override
            public void row(StudyRow row, boolean before) {
                kept.add(before);
            }
        }, () -> false);
        assertEquals(List.of(true, true, true, true, false, false, false, false), kept);
        assertEquals(withoutTimes(whole), withoutTimes(resumed));
        assertEquals(resumed, StudyResult.read(file).orElseThrow());
    }

    @Test
    void thePageHasTheTableAndItsPlots() throws IOException {
        var rows = List.of(
                new StudyRow(StudyCase.real(500), 0.93, 0.25, 0.2, 0),
                new StudyRow(new StudyCase(Kind.CLASSIFIER, 4, "ddim", 25, 500), 0.9, 1.5, 0.15, 61.4),
                new StudyRow(new StudyCase(Kind.CLASSIFIER_FREE, 0.5, "ddim", 25, 500), 0.5, 2, 0.18, 60),
                new StudyRow(new StudyCase(Kind.CLASSIFIER_FREE, 2, "ddpm", 100, 200), 1, 3, 0.1, 90));
        var page = folder.resolve("docs/guidance.md");
        var result = new StudyResult(SETTINGS, JsonNodeFactory.instance.objectNode(), rows);
        var files = new StudyReport(result, "Made by a test.").write(page);
        var text = Files.readString(page);
        assertTrue(text.contains("| real images |  |  | 500 | 93.0 ± 1.1 | 0.250 | 0.2000 |  |\n"), text);
        assertTrue(text.contains("| classifier | 4 | ddim 25 | 500 | 90.0 ± 1.3 | 1.500 | 0.1500 | 61 |\n"), text);
        assertTrue(text.contains("| classifier-free | 0.5 | ddim 25 | 500 | 50.0 ± 2.2 | 2.000 | 0.1800 | 60 |\n"), text);
        assertTrue(text.contains("| classifier-free | 2 | ddpm 100 | 200 | 100.0 ± 0.0 | 3.000 | 0.1000 | 90 |\n"), text);
        assertTrue(text.contains("Made by a test.") && text.contains("![](guidance-wanted.png)"), text);
        assertEquals(List.of("guidance.md", "guidance-wanted.png", "guidance-frechet.png", "guidance-variety.png"),
                files.stream().map(f -> f.getFileName().toString()).toList());
        for (var plot : files.subList(1, 4)) {
            var image = ImageFiles.read(plot);
            var colours = new HashSet<Integer>();
            for (int p = 0; p < image.height() * image.width(); p++) {
                colours.add(image.pixels()[3 * p] << 16 | image.pixels()[3 * p + 1] << 8 | image.pixels()[3 * p + 2]);
            }
            assertTrue(colours.size() > 10, plot + " is empty");
        }
    }

    @Test
    void realImagesAreBalancedAndNeverBothReferenceAndRow() {
        var same = new RealImages(new Shades(100), new Shades(100), 60, 5);
        int[] reference = same.referenceIndices();
        assertEquals(60, reference.length);
        int[] others = same.others(12);
        var all = new HashSet<Integer>();
        IntStream.concat(IntStream.of(reference), IntStream.of(others)).forEach(all::add);
        assertEquals(72, all.size());
        for (int i = 0; i < 12; i++) {
            assertEquals(i % 3, new Shades(100).label(others[i]));
        }
        assertArrayEquals(others, same.others(12));
        assertArrayEquals(Arrays.copyOf(others, 6), same.others(6));
        var e = assertThrows(IllegalArgumentException.class, () -> same.others(99));
        assertTrue(e.getMessage().contains("too few images of class"), e.getMessage());
        var few = assertThrows(IllegalArgumentException.class,
                () -> new RealImages(new Shades(59), new Shades(100), 60, 5).referenceIndices());
        assertTrue(few.getMessage().contains("too few images for a reference of 60: 59 shades"), few.getMessage());
    }

    @Test
    void whatDoesNotBelongTogetherIsRefused() throws IOException {
        var data = new Shades(100);
        assertMessage("the judge was trained on noised images",
                () -> new GuidanceStudy(device, model.model(), guide, guide, data, data, 5));
        assertMessage("can judge samples, but not guide them",
                () -> new GuidanceStudy(device, model.model(), judge, judge, data, data, 5));
        assertMessage("a null class",
                () -> new GuidanceStudy(device, model.model().unconditional(), guide, judge, data, data, 5));
        var broken = Files.writeString(folder.resolve("x.json"), "{\"a\": 1}");
        var e = assertThrows(DataException.class, () -> StudyResult.read(broken));
        assertTrue(e.getMessage().contains("is no result of this study"), e.getMessage());
        assertTrue(StudyResult.read(folder.resolve("none.json")).isEmpty());
    }

    private static void assertMessage(String part, Runnable attempt) {
        var e = assertThrows(IllegalArgumentException.class, attempt::run);
        assertTrue(e.getMessage().contains(part) && !e.getMessage().contains("\n"), e.getMessage());
    }
}
