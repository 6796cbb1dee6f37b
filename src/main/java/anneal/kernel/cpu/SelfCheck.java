package anneal.kernel.cpu;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Watches whether the virtual machine's compiler has made of the vector kernels what it should, for where it gives up
 * on one the results are right and come a hundred times later. One line is said, once a process.
 *
 * <p>Noted are large calls only, each algorithm's apart, for one whose kernels failed must not hide behind another's. A
 * family of kernels has failed when, after {@value #WARM_UP_SECONDS} seconds in such
 * calls, not one of at least {@value #LEAST_CALLS} more calls in {@value #WINDOW_SECONDS} more seconds came within
 * {@value #FAR} times the floor. The floor is that of a slow processor, one core of 1 GHz that does one multiply-add of
 * whole vectors a cycle and moves 4 GB/s, and real ones are several times faster: a kernel that merely shares its
 * machine with others gets a few undisturbed milliseconds among so many calls. Beyond {@value #VERY_FAR} times the floor
 * fewer calls are enough, for no crowd of others explains that. {@code -Danneal.cpu.selfCheck=false}
 * switches it off.
 */
final class SelfCheck {
    /** Calls with fewer operations, or fewer bytes, say little. */
    static final double LEAST_FLOPS = 1 << 24;
    static final double LEAST_BYTES = 1 << 22;
    static final int FAR = 8;
    static final int LEAST_CALLS = 64;
    static final int VERY_FAR = 256;
    static final int WARM_UP_SECONDS = 5;
    static final int WINDOW_SECONDS = 5;

    /** Narrower operands leave vectors half empty, and that is no fault of the compiler's. */
    private static final int NARROW = 16;
    private static final double BYTES_PER_NANO = 4;

    private final double flopsPerNano;
    private final LongSupplier clock;
    private final Consumer<String> warning;
    private final Map<Family, Window> families = new HashMap<>();
    private boolean on;

    /** Kernels that are good or bad together. */
    private record Family(String name, String algorithm) {
        @Override
        public String toString() {
            return algorithm.isEmpty() ? name : name + " (" + algorithm + ")";
        }
    }

    /** Calls of one family since its last window ended. */
    private static final class Window {
        private boolean warm;
        private int calls;
        private long nanos;
        private double timesFloor = Double.MAX_VALUE;

        void begin() {
            warm = true;
            calls = 0;
            nanos = 0;
            timesFloor = Double.MAX_VALUE;
        }

        boolean full() {
            long seconds = nanos / 1_000_000_000;
            boolean enough = calls >= LEAST_CALLS || calls > 1 && timesFloor > VERY_FAR;
            return warm ? seconds >= WINDOW_SECONDS && enough : seconds >= WARM_UP_SECONDS;
        }
    }

    /**
     * @param width   floats in one vector; at 1 there is nothing to check
     * @param clock   nanoseconds
     * @param warning takes the line
     */
    SelfCheck(int width, LongSupplier clock, Consumer<String> warning) {
        this.flopsPerNano = 2.0 * width;
        this.clock = clock;
        this.warning = warning;
        this.on = width > 1 && Boolean.parseBoolean(System.getProperty("anneal.cpu.selfCheck", "true"));
    }

    /** Of this process: warns on standard error. */
    static SelfCheck of(Lanes lanes) {
        return new SelfCheck(lanes.tiles().width(), System::nanoTime, Once::say);
    }

    /** The time at which a call begins. */
    long begin() {
        return on ? clock.getAsLong() : 0;
    }

    /**
     * Notes a call that has just ended and is bound by its operations.
     *
     * @param algorithm how it was computed
     * @param flops     multiplications and additions
     * @param smallest  of its operands' extents
     */
    void flops(String family, String algorithm, long begin, double flops, int smallest) {
        if (on && flops >= LEAST_FLOPS && smallest >= NARROW) {
            note(new Family(family, algorithm), clock.getAsLong() - begin, flops / flopsPerNano);
        }
    }

    /** Notes a call that has just ended and is bound by the bytes that it reads and writes. */
    void bytes(String family, long begin, double bytes, int smallest) {
        if (on && bytes >= LEAST_BYTES && smallest >= NARROW) {
            note(new Family(family, ""), clock.getAsLong() - begin, bytes / BYTES_PER_NANO);
        }
    }

    private void note(Family family, long nanos, double floor) {
        var window = families.computeIfAbsent(family, name -> new Window());
        window.calls++;
        window.nanos += nanos;
        window.timesFloor = Math.min(window.timesFloor, nanos / floor);
        if (window.full()) {
            if (window.warm && window.timesFloor > FAR) {
                on = false;
                warning.accept(("anneal: %s runs at least %.0f times slower than one slow core should: this JVM's compiler"
                        + " seems to have given up on its kernels (-Danneal.cpu.selfCheck=false hides this line)")
                        .formatted(family, window.timesFloor));
            }
            window.begin();
        }
    }

    /** Of all devices of the process, the first to complain. */
    private static final class Once {
        private static boolean said;

        static synchronized void say(String line) {
            if (!said) {
                said = true;
                System.err.println(line);
            }
        }
    }
}
