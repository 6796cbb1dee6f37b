package anneal.cli;

import java.io.PrintWriter;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar on the terminal's last line, with the time left. */
final class ProgressBarDisplay implements Progress {

    private static final String CLEAR_LINE = "\r\033[K";
    private static final int MILLIS_BETWEEN_FRAMES = 200;

    private final PrintWriter err;
    private final ProgressBar bar;

    ProgressBarDisplay(String task, long from, long total, PrintWriter err) {
        this.err = err;
        // The library asks for the terminal's width at every frame; the frame itself goes where all other lines go.
        var width = new ConsoleProgressBarConsumer(System.err) {
            @Override
            public void accept(String frame) {
                write(CLEAR_LINE + frame);
            }

            @Override
            public void close() {
                write(System.lineSeparator());
            }
        };
        bar = new ProgressBarBuilder().setTaskName(task).setInitialMax(total).startsFrom(from, Duration.ZERO)
                .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BAR).setUpdateIntervalMillis(MILLIS_BETWEEN_FRAMES)
                .setConsumer(width).build();
    }

    private void write(String text) {
        synchronized (err) {
            err.print(text);
            err.flush();
        }
    }

    @Override
    public void at(long done, String message) {
        bar.setExtraMessage(" " + message);
        bar.stepTo(done);
    }

    @Override
    public void say(String line) {
        write(CLEAR_LINE + line + System.lineSeparator());
        bar.refresh();
    }

    @Override
    public void close() {
        bar.close();
    }
}
