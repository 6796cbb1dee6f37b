package anneal.kernel.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** A recording of the simulator: calls in their order, with the arguments that they were recorded with. */
final class HostGraph implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final List<Runnable> calls = new ArrayList<>();

    void add(Runnable call) {
        calls.add(call);
    }

    /** A copy of a launch's arguments, which their owner will overwrite: pointers to them, and they. */
    MemorySegment keep(MemorySegment arguments, int[] sizes) {
        var pointers = arena.allocate(Math.max(1, (long) sizes.length) * Long.BYTES, Long.BYTES);
        for (int i = 0; i < sizes.length; i++) {
            var from = MemorySegment.ofAddress(arguments.getAtIndex(ValueLayout.JAVA_LONG, i)).reinterpret(sizes[i]);
            var value = arena.allocate(sizes[i], Long.BYTES).copyFrom(from);
            pointers.setAtIndex(ValueLayout.JAVA_LONG, i, value.address());
        }
        return pointers;
    }

    void run() {
        calls.forEach(Runnable::run);
    }

    @Override
    public void close() {
        arena.close();
    }
}
