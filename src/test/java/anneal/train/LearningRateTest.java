package anneal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LearningRateTest {
    @Test
    void constantByDefault() {
        var rate = LearningRate.constant(3e-4);
        assertEquals(3e-4, rate.at(0));
        assertEquals(3e-4, rate.at(1_000_000));
    }

    @Test
    void annealingSetsInAfterTheSecondStepAndEndsAtZero() {
        var rate = new LearningRate(1, 0, 4);
        var used = new double[] {rate.at(0), rate.at(1), rate.at(2), rate.at(3), rate.at(4), rate.at(5), rate.at(99)};
        assertEquals("1.0 1.0 0.75 0.5 0.25 0.0 0.0", join(used));
    }

    @Test
    void warmUpReachesTheFullRateWithItsLastStep() {
        var rate = new LearningRate(1, 4, 0);
        assertEquals("0.25 0.5 0.75 1.0 1.0", join(rate.at(0), rate.at(1), rate.at(2), rate.at(3), rate.at(4)));
    }

    @Test
    void warmUpAndAnnealingMultiply() {
        var rate = new LearningRate(1, 4, 8);
        assertEquals(0.75 * (1 - 1.0 / 8), rate.at(2), 1e-15);
    }

    @Test
    void refusesWhatIsNotARate() {
        assertThrows(IllegalArgumentException.class, () -> LearningRate.constant(0));
        assertThrows(IllegalArgumentException.class, () -> LearningRate.constant(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> new LearningRate(1, -1, 0));
        assertThrows(IllegalArgumentException.class, () -> new LearningRate(1, 0, -1));
    }

    private static String join(double... values) {
        var text = new StringBuilder();
        for (double v : values) {
            text.append(text.isEmpty() ? "" : " ").append(v);
        }
        return text.toString();
    }
}
