package anneal.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PhiloxTest {
    /** The three known answers for philox4x32-10 in Random123's kat_vectors. */
    @Test
    void knownAnswers() {
        assertArrayEquals(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, words(0, 0, 0, 0, 0, 0));
        assertArrayEquals(new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, words(-1, -1, -1, -1, -1, -1));
        assertArrayEquals(new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
                words(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0));
    }

    @Test
    void blockPutsSeedIntoTheKeyAndTheRestIntoTheCounter() {
        var out = new int[4];
        Philox.block(0x299f31d0_a4093822L, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, out);
        assertEquals(0xd16cfe09, out[0]);
    }

    @Test
    void uniformsStayInTheirIntervals() {
        assertEquals(0, Philox.uniform(0xff));
        assertEquals(1 - 0x1p-24, Philox.uniform(-1));
        assertEquals(0x1p-24, Philox.uniformAboveZero(0));
        assertEquals(1, Philox.uniformAboveZero(-1));
    }

    @Test
    void aStreamIsRepeatableAndEachKeyPartMatters() {
        var first = draw(Philox.stream(7, 1, 2, 3));
        assertArrayEquals(first, draw(Philox.stream(7, 1, 2, 3)));
        for (var other : new Philox.Stream[] {Philox.stream(8, 1, 2, 3), Philox.stream(7 + (1L << 32), 1, 2, 3),
                Philox.stream(7, 2, 2, 3), Philox.stream(7, 1, 3, 3), Philox.stream(7, 1, 2, 4)}) {
            assertTrue(!Arrays.equals(first, draw(other)));
        }
        assertEquals(64, Arrays.stream(first).distinct().count());
    }

    /** Chi-squared with 6 degrees of freedom: 22.5 is exceeded once in a thousand, and the seed is fixed. */
    @Test
    void boundedIntegersAreEven() {
        var stream = Philox.stream(1, 0, 0, 0);
        var counts = new int[7];
        for (int i = 0; i < 70_000; i++) {
            counts[stream.nextInt(7)]++;
        }
        double chiSquared = Arrays.stream(counts).mapToDouble(c -> (c - 1e4) * (c - 1e4) / 1e4).sum();
        assertTrue(chiSquared < 22.5, "chi-squared " + chiSquared);
    }

    /** With this bound a third of all words must be refused: a plain product would favour every third number. */
    @Test
    void aLargeBoundIsEvenToo() {
        var stream = Philox.stream(2, 0, 0, 0);
        int bound = 3 << 29;
        int low = 0;
        for (int i = 0; i < 30_000; i++) {
            low += stream.nextInt(bound) % 3 == 0 ? 1 : 0;
        }
        assertEquals(10_000, low, 330);
        assertThrows(IllegalArgumentException.class, () -> stream.nextInt(0));
    }

    @Test
    void doublesFillTheUnitInterval() {
        var stream = Philox.stream(3, 0, 0, 0);
        var values = IntStream.range(0, 20_000).mapToDouble(i -> stream.nextDouble()).toArray();
        assertTrue(Arrays.stream(values).allMatch(v -> v >= 0 && v < 1));
        assertEquals(0.5, Arrays.stream(values).average().orElseThrow(), 0.01);
        assertEquals(1.0 / 3, Arrays.stream(values).map(v -> v * v).average().orElseThrow(), 0.01);
    }

    @Test
    void permutationsHoldEveryNumberOnceAndReachEveryOrder() {
        var stream = Philox.stream(4, 0, 0, 0);
        var sorted = stream.permutation(1000);
        Arrays.sort(sorted);
        assertArrayEquals(IntStream.range(0, 1000).toArray(), sorted);
        var counts = new int[27];
        for (int i = 0; i < 6000; i++) {
            var p = stream.permutation(3);
            counts[9 * p[0] + 3 * p[1] + p[2]]++;
        }
        var seen = Arrays.stream(counts).filter(c -> c > 0).toArray();
        assertEquals(6, seen.length);
        assertTrue(Arrays.stream(seen).allMatch(c -> c > 850 && c < 1150), Arrays.toString(seen));
    }

    private static int[] words(int c0, int c1, int c2, int c3, int k0, int k1) {
        var out = new int[4];
        Philox.words(c0, c1, c2, c3, k0, k1, out);
        return out;
    }

    private static int[] draw(Philox.Stream stream) {
        return IntStream.range(0, 64).map(i -> stream.nextInt()).toArray();
    }
}
