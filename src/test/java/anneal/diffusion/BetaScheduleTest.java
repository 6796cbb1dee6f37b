package anneal.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class BetaScheduleTest {
    @Test
    void closedForms() {
        assertArrayEquals(new double[] {0.1, 0.2, 0.3}, new BetaSchedule.Linear(0.1, 0.3).betas(3), 1e-15);
        assertArrayEquals(new double[] {0.01, 0.04, 0.09}, new BetaSchedule.ScaledLinear(0.01, 0.09).betas(3), 1e-15);
        assertArrayEquals(new double[] {0.1, Math.sqrt(0.05), 0.3},
                new BetaSchedule.SquareRoot(0.01, 0.09).betas(3), 1e-15);
        assertArrayEquals(new double[] {0.25, 1 / 3.0, 0.5, 1}, new BetaSchedule.Jsd().betas(4), 1e-15);
        assertArrayEquals(new double[] {0.3, 0.3}, new BetaSchedule.Constant(0.3).betas(2));
        assertArrayEquals(new double[] {0.1, 0.2, 0.3, 0.3, 0.3, 0.3},
                new BetaSchedule.Warmup(0.1, 0.3, 0.5).betas(6), 1e-15);
        double low = 1 / (1 + Math.exp(6));
        assertArrayEquals(new double[] {0.1 + 0.2 * low, 0.2, 0.1 + 0.2 * (1 - low)},
                new BetaSchedule.Sigmoid(0.1, 0.3).betas(3), 1e-15);
    }

    @Test
    void linearStretchesWithTheNumberOfSteps() {
        var betas = BetaSchedule.named("linear").betas(500);
        assertEquals(2e-4, betas[0], 1e-18);
        assertEquals(0.04, betas[499], 1e-18);
        assertEquals(1, BetaSchedule.named("linear").betas(20)[19], 1e-15);
    }

    @Test
    void cosineIsCapped() {
        var betas = BetaSchedule.named("cosine").betas(1000);
        assertEquals(0.999, betas[999]);
        assertTrue(betas[998] < 0.999);
    }

    @Test
    void refusesBetasOutsideTheUnitInterval() {
        assertMessage("at least 20 steps, got 19", () -> BetaSchedule.named("linear").betas(19));
        assertMessage("beta 2 of 3 is 1.5", () -> new BetaSchedule.Linear(0.1, 1.5).betas(3));
        assertMessage("beta 1 of 2 is NaN", () -> new BetaSchedule.Explicit(0.1, Double.NaN).betas(2));
        assertMessage("2 betas are given for a process of 3", () -> new BetaSchedule.Explicit(0.1, 0.2).betas(3));
        assertMessage("at least one step, got 0", () -> new BetaSchedule.Constant(0.1).betas(0));
        assertMessage("use linear or cosine", () -> BetaSchedule.named("quadratic"));
    }

    static void assertMessage(String part, Executable code) {
        var message = assertThrows(IllegalArgumentException.class, code).getMessage();
        assertTrue(message.contains(part), message);
        assertEquals(1, message.lines().count(), message);
    }
}
