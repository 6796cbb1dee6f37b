package anneal.kernel.cuda.driver;

import java.lang.foreign.MemorySegment;

/**
 * The part of CUDA's driver that a device needs: one context, one stream, memory, kernels by name. What is enqueued is
 * done in order. All methods throw {@link DriverException} when CUDA reports an error, also one of an earlier launch.
 * For one thread at a time.
 */
public interface Driver extends AutoCloseable {
    /** {@code cuda} or {@code sim}. */
    String name();

    /** One line about the machine that runs the kernels. */
    String description();

    /** Device memory on a 256-byte boundary; 0 when there is none left. */
    long allocate(long bytes);

    /** Gives memory of {@link #allocate} back; everything enqueued that uses it must be done. */
    void free(long address);

    /** Bytes of shared memory that a block can have at most. */
    int sharedBytes();

    /** Bytes of device memory that nobody holds. */
    long freeBytes();

    /** The same memory as seen by Java, or {@link MemorySegment#NULL} when it cannot be seen. */
    MemorySegment view(long address, long bytes);

    /** Says that of the memory at {@code address} only these bytes are in use from now on, and hold nothing yet. */
    default void handedOut(long address, long bytes) {
    }

    /** Says that Java has filled memory through {@link #view}. */
    default void written(long address, long bytes) {
    }

    /** Host memory that copies fast to and from the device, until {@link #close}. */
    MemorySegment pinned(long bytes);

    /** Enqueues a copy; {@code from} must stay as it is until the device has come so far. */
    void toDevice(long to, MemorySegment from, long bytes);

    /** Enqueues a copy; {@code to} is filled after {@link #synchronize}. */
    void toHost(MemorySegment to, long from, long bytes);

    /** Enqueues a copy within the device; the ranges must not overlap. */
    void copy(long to, long from, long bytes);

    /** Enqueues setting {@code words} words of 32 bits. */
    void set(long address, int word, long words);

    /** A handle for the kernel of that name; throws DriverException when there is none. */
    long kernel(String name);

    /**
     * Enqueues a launch.
     *
     * @param arguments as many pointers to arguments as the kernel has parameters; read before the call returns
     * @param sizes     bytes of each argument, for drivers that check them
     */
    void launch(long kernel, Grid grid, int block, int sharedBytes, MemorySegment arguments, int[] sizes);

    /**
     * From now on what is enqueued is recorded instead of done. Until {@link #endCapture} nothing may be waited for, and
     * no event's time be asked.
     */
    void beginCapture();

    /** Ends the recording; returns a handle for {@link #replay}. */
    long endCapture();

    /** Enqueues what was recorded, in its order. */
    void replay(long graph);

    /** Forgets a recording; one that {@link #close} has forgotten already may be forgotten again. */
    void forget(long graph);

    /** Waits until everything enqueued is done. */
    void synchronize();

    /** A new event, to be recorded any number of times. */
    long event();

    /** Enqueues the event. */
    void record(long event);

    /** Milliseconds between two recorded events, once both are done (waits for {@code to}). */
    double milliseconds(long from, long to);

    @Override
    void close();
}
