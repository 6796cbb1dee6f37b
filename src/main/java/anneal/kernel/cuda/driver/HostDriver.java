package anneal.kernel.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The host simulator as a driver: kernels that g++ compiled, run on the processor (native/README.md). Device memory is
 * host memory, and every call is done when it returns, unless it is being recorded. All drivers of a process share the
 * simulator's threads.
 */
public final class HostDriver implements Driver {
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final int ERROR_BYTES = 2048;
    private static final int SHARED_BYTES = 227 << 10;

    /** Whether the library looks at every access of a kernel, and so wants to know what memory holds. */
    private final boolean checked;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment error = arena.allocate(ERROR_BYTES);
    private final Set<Long> live = new HashSet<>();
    private final List<Long> events = new ArrayList<>();
    private final Map<Long, HostGraph> graphs = new HashMap<>();
    private long graphsMade;
    /** What is being recorded; null while everything is done at once. */
    private HostGraph recording;

    /**
     * @param threads OS threads that run blocks; 0 takes every processor
     * @throws DriverException when {@link #unavailable} has a reason
     */
    public HostDriver(int threads) {
        unavailable().ifPresent(reason -> {
            throw new DriverException("the simulator " + reason);
        });
        setThreads(threads);
        try {
            checked = (int) SimLibrary.CHECKED.invokeExact() != 0;
        } catch (Throwable e) {
            throw SimLibrary.impossible(e);
        }
    }

    /** OS threads that run blocks from now on, for every driver of the process; 0 takes every processor. */
    public static void setThreads(int threads) {
        try {
            SimLibrary.SET_THREADS.invokeExact(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
        } catch (Throwable e) {
            throw SimLibrary.impossible(e);
        }
    }

    /** What the order in which a block's threads run is drawn from; 0 is the order of their numbers. */
    public static void setOrder(long seed) {
        try {
            SimLibrary.SET_SEED.invokeExact(seed);
        } catch (Throwable e) {
            throw SimLibrary.impossible(e);
        }
    }

    /**
     * Of every launch only so many blocks run from now on, spread over its grid, and the others do nothing: for counting
     * what large launches do, not for their results. 0 runs all.
     */
    public static void setSample(long blocks) {
        try {
            SimLibrary.SET_SAMPLE.invokeExact(blocks);
        } catch (Throwable e) {
            throw SimLibrary.impossible(e);
        }
    }

    /** Why there is no simulator here and what would bring it; empty if there is one. */
    public static Optional<String> unavailable() {
        return SimLibrary.missing();
    }

    /** The names of all kernels. */
    public static List<String> kernels() {
        var names = new ArrayList<String>();
        try {
            int count = (int) SimLibrary.COUNT.invokeExact();
            for (int i = 0; i < count; i++) {
                names.add(SimLibrary.text((MemorySegment) SimLibrary.NAME.invokeExact(i)));
            }
        } catch (Throwable e) {
            throw SimLibrary.impossible(e);
        }
        return names;
    }

    @Override
    public String name() {
        return "sim";
    }

    @Override
    public String description() {
        try {
            int threads = (int) SimLibrary.THREADS.invokeExact();
            return "the CUDA kernels simulated on the processor, " + threads + (threads == 1 ? " thread" : " threads");
        } catch (Throwable e) {
            throw SimLibrary.impossible(e);
        }
    }

    @Override
    public long allocate(long bytes) {
        try {
            long address = (long) SimLibrary.ALLOCATE.invokeExact(bytes);
            if (address != 0) {
                live.add(address);
            }
            return address;
        } catch (Throwable e) {
            throw SimLibrary.impossible(e);
        }
    }

    @Override
    public void free(long address) {
        if (!live.remove(address)) {
            throw new DriverException("no memory was allocated at 0x" + Long.toHexString(address));
        }
        try {
            SimLibrary.RELEASE.invokeExact(address);
        } catch (Throwable e) {
            throw SimLibrary.impossible(e);
        }
    }

    /** Of a Hopper GPU, the kernels' foremost. */
    @Override
    public int sharedBytes() {
        return SHARED_BYTES;
    }

    @Override
    public long freeBytes() {
        return ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean system ? system.getFreeMemorySize() : 0;
    }

    @Override
    public MemorySegment view(long address, long bytes) {
        return ALL.asSlice(address, bytes);
    }

    @Override
    public void handedOut(long address, long bytes) {
        if (checked) {
            enqueue(() -> {
                try {
                    SimLibrary.HANDED_OUT.invokeExact(address, bytes);
                } catch (Throwable e) {
                    throw SimLibrary.impossible(e);
                }
            });
        }
    }

    @Override
    public void written(long address, long bytes) {
        if (checked) {
            try {
                SimLibrary.WRITTEN.invokeExact(address, bytes);
            } catch (Throwable e) {
                throw SimLibrary.impossible(e);
            }
        }
    }

    private void enqueue(Runnable work) {
        if (recording == null) {
            work.run();
        } else {
            recording.add(work);
        }
    }

    @Override
    public MemorySegment pinned(long bytes) {
        return arena.allocate(bytes, 64);
    }

    @Override
    public void toDevice(long to, MemorySegment from, long bytes) {
        enqueue(() -> {
            MemorySegment.copy(from, 0, view(to, bytes), 0, bytes);
            written(to, bytes);
        });
    }

    @Override
    public void toHost(MemorySegment to, long from, long bytes) {
        enqueue(() -> MemorySegment.copy(view(from, bytes), 0, to, 0, bytes));
    }

    @Override
    public void copy(long to, long from, long bytes) {
        enqueue(() -> {
            MemorySegment.copy(view(from, bytes), 0, view(to, bytes), 0, bytes);
            written(to, bytes);
        });
    }

    @Override
    public void set(long address, int word, long words) {
        enqueue(() -> nowSet(address, word, words));
    }

    private void nowSet(long address, int word, long words) {
        var all = view(address, words * Integer.BYTES);
        long done = Math.min(words, 1024);
        for (long i = 0; i < done; i++) {
            all.set(java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED, i * Integer.BYTES, word);
        }
        while (done < words) {   // what is set so far is copied behind itself
            long more = Math.min(done, words - done);
            MemorySegment.copy(all, 0, all, done * Integer.BYTES, more * Integer.BYTES);
            done += more;
        }
        written(address, words * Integer.BYTES);
    }

    @Override
    public long kernel(String name) {
        try (var local = Arena.ofConfined()) {
            int found = (int) SimLibrary.FIND.invokeExact(local.allocateFrom(name));
            if (found < 0) {
                throw new DriverException("there is no kernel " + name);
            }
            return found;
        } catch (Throwable e) {
            throw SimLibrary.impossible(e);
        }
    }

    @Override
    public void launch(long kernel, Grid grid, int block, int sharedBytes, MemorySegment arguments, int[] sizes) {
        checkSizes((int) kernel, sizes);
        if (recording == null) {
            nowLaunch((int) kernel, grid, block, sharedBytes, arguments);
        } else {
            var kept = recording.keep(arguments, sizes);
            recording.add(() -> nowLaunch((int) kernel, grid, block, sharedBytes, kept));
        }
    }

    private void nowLaunch(int kernel, Grid grid, int block, int sharedBytes, MemorySegment arguments) {
        try {
            int failed = (int) SimLibrary.LAUNCH.invokeExact(kernel, grid.x(), grid.y(), grid.z(), block, 1, 1,
                    sharedBytes, arguments, error, (long) ERROR_BYTES);
            if (failed != 0) {
                throw new DriverException(error.getString(0));
            }
        } catch (Throwable e) {
            throw SimLibrary.impossible(e);
        }
    }

    private static void checkSizes(int kernel, int[] sizes) {
        try {
            int parameters = (int) SimLibrary.PARAMETERS.invokeExact(kernel);
            if (sizes.length != parameters) {
                throw new DriverException("takes " + parameters + " arguments, got " + sizes.length);
            }
            for (int i = 0; i < parameters; i++) {
                int bytes = (int) SimLibrary.PARAMETER_BYTES.invokeExact(kernel, i);
                if (sizes[i] != bytes) {
                    throw new DriverException("argument " + i + " has " + sizes[i] + " bytes, the parameter " + bytes);
                }
            }
        } catch (Throwable e) {
            throw SimLibrary.impossible(e);
        }
    }

    @Override
    public void beginCapture() {
        checkNotRecording("another recording");
        recording = new HostGraph();
    }

    @Override
    public long endCapture() {
        if (recording == null) {
            throw new DriverException("nothing is being recorded");
        }
        graphs.put(++graphsMade, recording);
        recording = null;
        return graphsMade;
    }

    @Override
    public void replay(long graph) {
        checkNotRecording("a replay");
        graphs.get(graph).run();
    }

    @Override
    public void forget(long graph) {
        var g = graphs.remove(graph);
        if (g != null) {
            g.close();
        }
    }

    private void checkNotRecording(String what) {
        if (recording != null) {
            throw new DriverException(what + " in the middle of a recording, which a GPU refuses");
        }
    }

    /** Every call is done when it returns; but a GPU cannot wait for what is only being recorded. */
    @Override
    public void synchronize() {
        checkNotRecording("waiting");
    }

    @Override
    public long event() {
        events.add(0L);
        return events.size() - 1;
    }

    @Override
    public void record(long event) {
        enqueue(() -> events.set((int) event, System.nanoTime()));
    }

    @Override
    public double milliseconds(long from, long to) {
        checkNotRecording("an event's time");
        return (events.get((int) to) - events.get((int) from)) / 1e6;
    }

    @Override
    public void close() {
        List.copyOf(graphs.keySet()).forEach(this::forget);
        for (long address : List.copyOf(live)) {
            free(address);
        }
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
