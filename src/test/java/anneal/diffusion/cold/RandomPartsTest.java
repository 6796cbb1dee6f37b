package anneal.diffusion.cold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.tensor.Devices;
import anneal.tensor.Slice;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Seeded draws of masks and snow, colours in L*a*b*, and starts of generation. */
class RandomPartsTest {
    @Test
    void aMaskDoesNotDependOnItsBatch() {
        try (var device = Devices.open("cpu")) {
            var masks = new RandomFade(device, new FadeSchedule(0.3, 1, 5, false), 10);
            var x = Lab.images(device, 1, 3, 10, 10, 1);
            var together = masks.draw(7, 1, 4, 5, 6, 7);
            var alone = masks.draw(7, 1, 4, 6);
            var whole = together.degrade(x, Levels.same(device, together, 3, 3)).toDoubles();
            var one = alone.degrade(Slice.of(x, 0, 1, 1, 1), Levels.same(device, alone, 3, 1)).toDoubles();
            assertArrayEquals(one, Arrays.copyOfRange(whole, 100, 200));
            var other = masks.draw(8, 1, 4, 6);
            assertFalse(Arrays.equals(one,
                    other.degrade(Slice.of(x, 0, 1, 1, 1), Levels.same(device, other, 3, 1)).toDoubles()));
        }
    }

    @Test
    void drawnSnowIsStandardAndRepeats() {
        var severity = new SnowSeverity(0.55, 0.3, 1, 11, new SnowSeverity.Range(1.15, 0.7),
                new SnowSeverity.Range(0.05, 12), new SnowSeverity.Range(0.95, 0.55));
        var flakes = SnowFlakes.draw(severity, 64, 3, 5, 6, 7);
        var again = SnowFlakes.draw(severity, 64, 3, 5, 6, 7);
        assertArrayEquals(flakes.base(), again.base());
        assertFalse(Arrays.equals(flakes.base(), SnowFlakes.draw(severity, 64, 3, 5, 6, 8).base()));
        double mean = Arrays.stream(flakes.base()).average().orElseThrow();
        double variance = Arrays.stream(flakes.base()).map(b -> (b - mean) * (b - mean)).average().orElseThrow();
        assertEquals(0.55, mean, 4 * 0.3 / 64);
        assertEquals(0.3, Math.sqrt(variance), 0.02);
        int vertical = 0;
        for (int seed = 0; seed < 100; seed++) {
            vertical += SnowFlakes.draw(severity, 2, 1, seed, 6, 7).vertical()[0][0] ? 1 : 0;
        }
        assertTrue(vertical > 30 && vertical < 70, vertical + " of 100 fell vertically");
    }

    @Test
    void snowOnlyBrightensWithFixedBrightness() {
        try (var device = Devices.open("reference")) {
            var severity = SnowSeverity.of(4);
            var d = new Snow(device, severity, 12, 5, true).falling(SnowFlakes.draw(severity, 12, 5, 1, 1, 1));
            var x = Lab.images(device, 1, 1, 12, 12, 1);
            var y = d.degrade(x, Levels.same(device, d, 5, 1));
            assertTrue(Arrays.stream(y.sub(x).toDoubles()).allMatch(v -> v > -1e-15));
            assertTrue(y.sub(x).sum().item() > 1);
        }
    }

    @Test
    void labAndBackIsTheImage() {
        try (var device = Devices.open("reference")) {
            var lab = new LabColour(device);
            var x = Lab.images(device, 1, 2, 6, 6, 3);
            Lab.close(x, lab.toRgb(lab.fromRgb(x)), 1e-7, "there and back");
            var white = lab.fromRgb(device.of(new double[] {1, 1, 1, -1, -1, -1}, 1, 1, 2, 3)).toDoubles();
            assertArrayEquals(new double[] {100, 0, 0, 0, 0, 0}, white, 0.02);
        }
    }

    @Test
    void allColourGoesWithTotalRemoval() {
        try (var device = Devices.open("reference")) {
            var x = Lab.images(device, 1, 2, 6, 6, 3);
            var d = new Desaturation(device, new DesaturationSchedule(true, 0, true, 7), false);
            Lab.close(d.grey(x), d.degrade(x, Levels.same(device, d, 7, 2)), 1e-14, "grey");
            var half = d.degrade(x, Levels.same(device, d, 3, 2));
            Lab.close(x.mul(4.0 / 7).add(d.grey(x).mul(3.0 / 7)), half, 1e-14, "linear");
        }
    }

    @Test
    void startsAreFoundAgainAsTheirNumbers() {
        try (var device = Devices.open("reference")) {
            for (int grid : new int[] {1, 2, 4}) {
                var numbers = Lab.images(device, grid, 2, 3 * grid * grid);
                var images = ColdGeneration.images(numbers, 3, 8);
                assertEquals(8, images.dim(1));
                Lab.close(numbers, ColdGeneration.features(images, grid), 1e-14, "grid of " + grid);
            }
            Lab.assertRefused("no square grid", () -> ColdGeneration.images(Lab.images(device, 1, 2, 6), 3, 8));
            var start = Lab.images(device, 1, 1, 8, 8, 3);
            var broken = ColdGeneration.breakSymmetry(start, Lab.images(device, 2, 1, 8, 8, 3), 0.1);
            Lab.close(start.add(Lab.images(device, 2, 1, 8, 8, 3).mul(0.1)), broken, 0, "noise");
        }
    }
}
