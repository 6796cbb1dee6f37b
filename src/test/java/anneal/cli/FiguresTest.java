package anneal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {

    @ParameterizedTest
    @CsvSource({"0, 0.0 s", "0.44, 0.4 s", "9.94, 9.9 s", "9.96, 10 s", "59.4, 59 s", "59.6, 1 min 00 s",
        "245, 4 min 05 s", "3599.7, 1 h 00 min", "12000, 3 h 20 min", "-1, 0.0 s"})
    void durations(double seconds, String text) {
        assertEquals(text, Figures.duration(seconds));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1.00", "0.03124, 0.0312", "12.34, 12.3", "260.4, 260", "1234, 1234", "0.00001, 1.00e-05",
        "-0.5, -0.500", "NaN, NaN", "2e7, 2.00e+07"})
    void threeDigits(double value, String text) {
        assertEquals(text, Figures.three(value));
    }

    @Test
    void countsAndSizes() {
        assertEquals("1,234,567", Figures.count(1_234_567));
        assertEquals("985,154", Figures.large(985_154));
        assertEquals("11.1 million", Figures.large(11_110_000));
        assertEquals("999 bytes", Figures.bytes(999));
        assertEquals("4.4 MB", Figures.bytes(4_422_102));
        assertEquals("25.3 GB", Figures.bytes(25_276_514_304L));
        assertEquals("64 x 3 x 3", Figures.shape(64, 3, 3));
        assertEquals("scalar", Figures.shape());
    }
}
