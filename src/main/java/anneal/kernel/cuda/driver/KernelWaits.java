package anneal.kernel.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Where kernels wait, and what would happen if they did not: questions to a checked simulator (native/README.md). Any
 * other one meets no waits and leaves none out.
 */
public final class KernelWaits {
    private KernelWaits() {
    }

    /**
     * A barrier, or a wait for asynchronous copies, on a kernel's way.
     *
     * @param what  the function that waits
     * @param place file:line of its call
     */
    public record Wait(String kernel, String what, String place) {
    }

    /** What launches of this process met since the last call. */
    public static List<Wait> met() {
        try {
            var lines = SimLibrary.text((MemorySegment) SimLibrary.WAITS_MET.invokeExact());
            return lines.lines().map(line -> line.split("\t")).map(f -> new Wait(f[0], f[1], f[2])).toList();
        } catch (Throwable e) {
            throw SimLibrary.impossible(e);
        }
    }

    /** From now on {@code wait}'s kernel runs as if its source had no such call there; every other kernel has it. */
    public static void leaveOut(Wait wait) {
        leaveOut(wait.kernel(), wait.place());
    }

    /** Ends {@link #leaveOut(Wait)}. */
    public static void leaveOutNone() {
        leaveOut("", "");
    }

    /** Whether accesses are looked at, which takes most of a launch's time; memory must be new when it begins again. */
    public static void watch(boolean yes) {
        try {
            SimLibrary.WATCH.invokeExact(yes ? 1 : 0);
        } catch (Throwable e) {
            throw SimLibrary.impossible(e);
        }
    }

    private static void leaveOut(String kernel, String place) {
        try (var local = Arena.ofConfined()) {
            SimLibrary.LEAVE_OUT.invokeExact(local.allocateFrom(kernel), local.allocateFrom(place));
        } catch (Throwable e) {
            throw SimLibrary.impossible(e);
        }
    }
}
