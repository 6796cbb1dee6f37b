package anneal.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class PairwiseDistanceTest {
    private static byte[] bytes(int... values) {
        var out = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            out[i] = (byte) values[i];
        }
        return out;
    }

    @Test
    void pairsOfOneClassCountAndClassesCountEqually() {
        // Class 0: black, white and half white; class 1: two images that differ by 51 of 255 everywhere; class 2: one.
        var images = bytes(0, 0, 100, 100, 255, 255, 151, 151, 0, 255, 7, 7);
        int[] labels = {0, 1, 0, 1, 0, 2};
        double half = Math.sqrt(0.5);
        double expected = ((1 + half + half) / 3 + 0.2) / 2;
        assertEquals(expected, PairwiseDistance.withinClasses(images, labels, 4, 2), 1e-12);
    }

    @Test
    void withoutAPairThereIsNoDistance() {
        assertEquals(Double.NaN, PairwiseDistance.withinClasses(bytes(1, 2), new int[] {0, 1}, 2, 1));
        assertEquals(0, PairwiseDistance.withinClasses(bytes(200, 200), new int[] {1, 1}, 2, 1));
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThrows(IllegalArgumentException.class, () -> PairwiseDistance.withinClasses(bytes(1), new int[] {0, 0}, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> PairwiseDistance.withinClasses(bytes(1), new int[] {1}, 1, 1));
    }
}
