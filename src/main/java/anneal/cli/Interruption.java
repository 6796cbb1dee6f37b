package anneal.cli;

import java.util.List;

/**
 * Turns the first Ctrl-C (SIGINT, or SIGTERM) into a request to stop that long work looks at between two steps, so that
 * it can save first. A second one ends the process at once. While none of these is open, signals do what they always
 * do.
 */
final class Interruption implements AutoCloseable {

    private static final int SIGNAL_EXIT = 128;

    private final Runnable onFirst;
    private final List<Runnable> restore;
    private volatile int signal;

    private Interruption(Runnable onFirst) {
        this.onFirst = onFirst;
        restore = List.of(Signals.handle("INT", this::received), Signals.handle("TERM", this::received));
    }

    /** Listens from now on; {@code onFirst} tells the person that the request was heard. */
    static Interruption listen(Runnable onFirst) {
        return new Interruption(onFirst);
    }

    private synchronized void received(int number) {
        if (signal != 0) {
            Runtime.getRuntime().halt(SIGNAL_EXIT + number);
        }
        signal = number;
        onFirst.run();
    }

    /** Whether stopping was asked for. */
    boolean requested() {
        return signal != 0;
    }

    /** What shells expect from a process that a signal ended: 130 after Ctrl-C. */
    int exitCode() {
        return SIGNAL_EXIT + signal;
    }

    @Override
    public void close() {
        restore.forEach(Runnable::run);
    }
}
