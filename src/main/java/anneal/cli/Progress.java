package anneal.cli;

import java.io.PrintWriter;

/** Shows on standard error how far long work has come. */
interface Progress extends AutoCloseable {

    /**
     * A bar that is redrawn where standard error is a terminal, otherwise a line now and then.
     *
     * @param task  one or two words
     * @param from  what was done before, in an earlier process
     * @param total what will be done in the end
     */
    static Progress start(String task, long from, long total, PrintWriter err) {
        return Terminal.redraws() ? new ProgressBarDisplay(task, from, total, err)
                : new ProgressLines(task, from, total, err, System::nanoTime);
    }

    /**
     * @param done    of the total
     * @param message what else there is to say, such as the loss
     */
    void at(long done, String message);

    /** A line that stays, such as the name of a file that was written. */
    void say(String line);

    /** Leaves what was shown last. */
    @Override
    void close();
}
