package anneal.diffusion;

import static anneal.diffusion.BetaScheduleTest.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpacedTimestepsTest {
    @Test
    void sectionsShareTheStepsAndTheFirstAreLonger() {
        assertArrayEquals(new int[] {0, 2, 3, 4, 5, 6}, SpacedTimesteps.select(7, "2,2,2"));
        assertArrayEquals(new int[] {0, 667, 833, 999}, SpacedTimesteps.select(1000, "1, 0, 3"));
        assertArrayEquals(new int[] {0}, SpacedTimesteps.select(1000, "1"));
    }

    @Test
    void positionsRoundHalfToEven() {
        assertArrayEquals(new int[] {0, 2, 5, 8, 10}, SpacedTimesteps.select(11, 5));
    }

    @Test
    void ddimTakesTheSmallestWholeStride() {
        assertArrayEquals(IntStream.range(0, 25).map(i -> 40 * i).toArray(), SpacedTimesteps.select(1000, "ddim25"));
        assertArrayEquals(new int[] {0, 4, 8}, SpacedTimesteps.select(10, "ddim3"));
    }

    @Test
    void glidesFastScheduleAvoidsTheNoisiestStep() {
        var timesteps = SpacedTimesteps.select(1000, "fast27");
        assertEquals(27, timesteps.length);
        assertEquals(997, timesteps[26]);
    }

    @Test
    void emptyKeepsAll() {
        assertArrayEquals(new int[] {0, 1, 2}, SpacedTimesteps.select(3, ""));
    }

    @Test
    void refusesWhatTheProcessDoesNotHave() {
        assertMessage("exactly 300", () -> SpacedTimesteps.select(1000, "ddim300"));
        assertMessage("section 1, which has 5", () -> SpacedTimesteps.select(10, "4,6"));
        assertMessage("asks for -1", () -> SpacedTimesteps.select(10, "-1"));
        assertMessage("'ten' is not understood", () -> SpacedTimesteps.select(10, "ten"));
        assertMessage("'1,' is not understood", () -> SpacedTimesteps.select(10, "1,"));
        assertMessage("keeps no timestep", () -> SpacedTimesteps.select(10, "0,0"));
        assertMessage("timestep 3 after 3", () -> SpacedProcess.of(new double[] {.1, .1, .1, .1, .1}, 3, 3));
    }
}
