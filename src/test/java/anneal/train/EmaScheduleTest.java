package anneal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EmaScheduleTest {
    @Test
    void settlingCopiesThenAveragesEverySoManySteps() {
        var schedule = EmaSchedule.settling(0.9, 3, 4);
        assertArrayEquals(new double[] {0, 1, 1, 0, 1, 1, 0.9, 1, 1, 0.9},
                LongStream.rangeClosed(1, 10).mapToDouble(schedule::rate).toArray());
    }

    @Test
    void constantIsConstantAndRatesAreChecked() {
        assertEquals(0.99, EmaSchedule.constant(0.99).rate(12345));
        assertThrows(IllegalArgumentException.class, () -> EmaSchedule.constant(1.01));
        assertThrows(IllegalArgumentException.class, () -> EmaSchedule.settling(Double.NaN, 10, 2000));
        assertThrows(IllegalArgumentException.class, () -> EmaSchedule.settling(0.9, 0, 2000));
    }
}
