package anneal.cli;

import java.io.PrintWriter;
import java.util.function.LongSupplier;

/** A line every few seconds, for log files and pipes. */
final class ProgressLines implements Progress {

    private static final double FIRST_AFTER = 5;
    private static final double LONGEST_SILENCE = 60;

    private final String task;
    private final long from;
    private final long total;
    private final PrintWriter err;
    private final LongSupplier nanos;
    private final long start;
    private double next = FIRST_AFTER;
    private double silence = FIRST_AFTER;
    private boolean finished;

    /** @param nanos the clock */
    ProgressLines(String task, long from, long total, PrintWriter err, LongSupplier nanos) {
        this.task = task;
        this.from = from;
        this.total = total;
        this.err = err;
        this.nanos = nanos;
        this.start = nanos.getAsLong();
    }

    /** Says something after 5, 10, 20, 40 and 80 seconds, then every minute, and at the end. */
    @Override
    public void at(long done, String message) {
        double elapsed = (nanos.getAsLong() - start) / 1e9;
        boolean last = done >= total && !finished;
        if (elapsed < next && !last) {
            return;
        }
        finished |= last;
        while (next <= elapsed) {
            next += silence;
            silence = Math.min(LONGEST_SILENCE, 2 * silence);
        }
        var left = done > from && done < total
                ? ", " + Figures.duration(elapsed * (total - done) / (done - from)) + " left" : "";
        say("%s: %s of %s, %s%s".formatted(task, Figures.count(done), Figures.count(total), message, left));
    }

    @Override
    public void say(String line) {
        err.println(line);
        err.flush();
    }

    @Override
    public void close() {
        // every line was complete
    }
}
