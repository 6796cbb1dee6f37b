package anneal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressLinesTest {

    private final StringWriter text = new StringWriter();
    private long nanos;

    private ProgressLines lines(long from, long total) {
        return new ProgressLines("train", from, total, new PrintWriter(text), () -> nanos);
    }

    private void at(ProgressLines lines, double seconds, long done) {
        nanos = (long) (seconds * 1e9);
        lines.at(done, "loss 1");
    }

    @Test
    void linesBecomeRarer() {
        var lines = lines(0, 1000);
        for (int second = 1; second <= 200; second++) {
            at(lines, second, second);
        }
        var seconds = text.toString().lines().map(l -> l.replaceAll("train: (\\d+) of.*", "$1")).toList();
        assertEquals(List.of("5", "10", "20", "40", "80", "140", "200"), seconds);
    }

    @Test
    void timeLeftCountsOnlyWhatThisProcessDid() {
        at(lines(500, 1000), 10, 600);
        assertEquals("train: 600 of 1,000, loss 1, 40 s left\n", text.toString());
    }

    @Test
    void theEndIsToldOnceHoweverEarly() {
        var lines = lines(0, 3);
        at(lines, 0.1, 2);
        at(lines, 0.2, 3);
        at(lines, 0.3, 3);
        assertEquals("train: 3 of 3, loss 1\n", text.toString());
    }
}
