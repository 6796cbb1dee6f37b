package anneal.diffusion.cold;

import static anneal.diffusion.cold.Lab.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Shape;
import anneal.tensor.Device;
import anneal.tensor.Devices;
import anneal.tensor.Resize;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds for every degradation, and what their refusals say. */
class DegradationTest {
    private Device reference;
    private Device cpu;

    @BeforeEach
    void open() {
        reference = Devices.open("reference");
        cpu = Devices.open("cpu");
    }

    @AfterEach
    void close() {
        reference.close();
        cpu.close();
    }

    @Test
    void levelZeroIsTheImageItself() {
        for (var device : new Device[] {reference, cpu}) {
            var x = Lab.images(device, 1, 3, 16, 16, 3);
            Lab.degradations(device).forEach((name, d) -> assertArrayEquals(x.toDoubles(),
                    d.degrade(x, Levels.same(device, d, 0, 3)).toDoubles(), device.name() + ", " + name));
        }
    }

    @Test
    void cpuAgreesWithTheReferenceAtEveryLevel() {
        var exact = Lab.degradations(reference);
        var x = Lab.images(reference, 1, 3, 16, 16, 3);
        var same = Lab.images(cpu, 1, 3, 16, 16, 3);
        Lab.degradations(cpu).forEach((name, d) -> {
            for (int s = 1; s <= d.steps(); s++) {
                // A value near a boundary of two grey levels may fall on either side.
                double tolerance = name.contains("8 bits") ? 1e-3 : name.contains("Lab") ? 2e-5 : 1e-6;
                Lab.close(exact.get(name).degrade(x, Levels.same(reference, d, s, 3)),
                        d.degrade(same, Levels.same(cpu, d, s, 3)), tolerance, name + " at " + s);
            }
        });
    }

    @Test
    void imagesOfABatchMayBeAtDifferentLevels() {
        var x = Lab.images(cpu, 2, 3, 16, 16, 3);
        Lab.degradations(cpu).forEach((name, d) -> {
            var mixed = d.degrade(x, Levels.of(cpu, d, d.steps(), 0, 2)).toDoubles();
            int image = mixed.length / 3;
            int[] levels = {d.steps(), 0, 2};
            for (int i = 0; i < 3; i++) {
                var alone = d.degrade(x, Levels.same(cpu, d, levels[i], 3)).toDoubles();
                assertArrayEquals(Arrays.copyOfRange(alone, i * image, (i + 1) * image),
                        Arrays.copyOfRange(mixed, i * image, (i + 1) * image), name + ", image " + i);
            }
        });
    }

    @Test
    void theWorstLevelHasLeftTheImageFurthest() {
        var x = Lab.images(reference, 3, 3, 16, 16, 3);
        Lab.degradations(reference).forEach((name, d) -> {
            var clean = x.toDoubles();
            double first = Lab.distance(clean, d.degrade(x, Levels.same(reference, d, 1, 3)).toDoubles());
            double last = Lab.distance(clean, d.degrade(x, Levels.same(reference, d, d.steps(), 3)).toDoubles());
            assertTrue(last >= first && last > 0.02, name + ": " + first + " and " + last);
        });
    }

    @Test
    void levelsOutOfRangeAreRefused() {
        var d = new NaiveFade(cpu, 0.1, true, 5);
        assertRefused("level 6 is out of range: this degradation has the levels 0 (clean) to 5",
                () -> Levels.of(cpu, d, 2, 6));
        assertRefused("level -1 is out of range", () -> Levels.same(cpu, d, -1, 2));
        assertRefused("level 6 is out of range", () -> Levels.ofCodeTimes(cpu, d, 0, 5));
        assertArrayEquals(new double[] {1, 5}, Levels.ofCodeTimes(cpu, d, 0, 4).toDoubles());
        assertArrayEquals(new double[] {0, 0, 3}, Levels.below(Levels.of(cpu, d, 0, 2, 5), 2).toDoubles());
        assertArrayEquals(new double[] {-1, 4}, Levels.time(Levels.of(cpu, d, 0, 5)).toDoubles());
    }

    @Test
    void imagesThatDoNotFitAreRefused() {
        var large = Lab.images(cpu, 1, 2, 20, 20, 3);
        var grey = Lab.images(cpu, 1, 2, 16, 16, 1);
        var all = Lab.degradations(cpu);
        assertRefused("this blur works on images [N, 16, 16, C], got [2, 20, 20, 3]",
                () -> all.get("blur discrete").degrade(large, Levels.same(cpu, all.get("blur discrete"), 1, 2)));
        assertRefused("desaturation works on images [N, H, W, 3], got [2, 16, 16, 1]",
                () -> all.get("desaturation").degrade(grey, Levels.same(cpu, all.get("desaturation"), 1, 2)));
        assertRefused("this snow works on images [N, 16, 16, 3]",
                () -> all.get("snow").degrade(grey, Levels.same(cpu, all.get("snow"), 1, 2)));
        assertRefused("needs one level an image, I32 [2], got I32 [3]",
                () -> all.get("fade").degrade(grey, Levels.same(cpu, all.get("fade"), 1, 3)));
        assertRefused("2 images for 3 mask centres",
                () -> all.get("random fade").degrade(grey, Levels.same(cpu, all.get("random fade"), 1, 2)));
    }

    @Test
    void schedulesThatCannotBeAreRefused() {
        assertRefused("a kernel of 27 taps with circular padding does not fit images of 12 pixels", () ->
                Blur.of(cpu, new BlurSchedule(BlurSchedule.Routine.CONSTANT, 27, 1, 3), 12, false));
        assertRefused("with reflect padding does not fit images of 5 pixels", () ->
                Blur.of(cpu, new BlurSchedule(BlurSchedule.Routine.SPECIAL_6, 0, 0, 3), 5, false));
        assertRefused("odd number of taps", () -> new BlurSchedule(BlurSchedule.Routine.CONSTANT, 4, 1, 3));
        assertRefused("at least one step", () -> new BlurSchedule(BlurSchedule.Routine.CONSTANT, 3, 1, 0));
        assertRefused("no blur routine is called 'Twice'", () -> BlurSchedule.Routine.named("Twice"));
        assertRefused("even size, got 15", () -> new Fade(cpu, new FadeSchedule(0.1, 1, 3, false), 15));
        assertRefused("a positive deviation and an initial mask", () -> new FadeSchedule(0.1, 0, 3, false));
        assertRefused("nothing left after 4 steps", () ->
                new Pixelate(cpu, new ResolutionSchedule(Resize.Method.AREA, true, false, 4), 12));
        assertRefused("no resolution routine is called 'Decremental'", () ->
                ResolutionSchedule.named("Decremental", 3));
        assertRefused("severities 1 to 4, got 5", () -> SnowSeverity.of(5));
        assertRefused("1 to 16 steps, got 17", () -> new SpiralFade(cpu, 4, 17));
        assertRefused("no desaturation routine", () -> DesaturationSchedule.named("Sudden", 1, true, 3));
    }

    @Test
    void aMaskOutsideTheImageIsRefused() {
        var masks = new RandomFade(cpu, new FadeSchedule(0.1, 1, 4, false), 12);
        assertRefused("the mask's centre, row 12 and column 3, lies outside the image of 12x12 pixels",
                () -> masks.centredAt(new int[] {12}, new int[] {3}));
        assertRefused("row -2 and column 11, lies outside", () -> masks.at(new int[] {13}, new int[] {0}));
        assertRefused("2 rows and 1 columns", () -> masks.at(new int[] {1, 2}, new int[] {1}));
    }

    @Test
    void aMaskIsDarkestAtItsCentre() {
        var masks = new RandomFade(reference, new FadeSchedule(0.5, 1, 4, false), 11);
        var d = masks.centredAt(new int[] {2, 10}, new int[] {7, 0});
        var ones = reference.full(1, Shape.of(2, 11, 11, 1));
        var mask = d.degrade(ones, Levels.same(reference, d, 1, 2)).toDoubles();
        assertEquals(0, mask[2 * 11 + 7]);
        assertEquals(0, mask[121 + 10 * 11]);
        assertEquals(1 - Math.exp(-(1 + 4) / (2 * 0.25)), mask[3 * 11 + 9], 1e-15);
        assertEquals(2, Arrays.stream(mask).filter(m -> m == 0).count());
    }
}
