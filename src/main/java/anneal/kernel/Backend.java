package anneal.kernel;

/**
 * What a device brings: memory, a stream and its {@link Kernels}. An instance belongs to one thread at a time; several
 * instances in one process do not disturb each other.
 */
public interface Backend extends AutoCloseable {
    /** {@code reference}, {@code cpu}, {@code cuda} or {@code sim}. */
    String name();

    /** One line for people: what runs the kernels (vector width, threads, GPU name). */
    String description();

    /** Element type of floating tensors here. */
    DType floatType();

    /** The bare primitives; callers normally go through {@link Lowering}. */
    Kernels kernels();

    /** Memory for at least {@code bytes} bytes, contents undefined; throws {@link OutOfDeviceMemory} when there is none. */
    Storage allocate(long bytes);

    /** Gives memory that is held but not in use back to the system, as far as the device can. */
    default void trim() {
    }

    /**
     * Overwrites {@code bytes} bytes of a block from {@code offset} on with what shows in every result that they get
     * into, if the device was opened to do so with fresh and freed memory; otherwise does nothing.
     */
    default void poison(Storage block, long offset, long bytes) {
    }

    /** Copies host numbers into {@code dst} in row order, converting to its type; lengths must agree. */
    void upload(float[] src, Buf dst);

    /** As {@link #upload(float[], Buf)}. */
    void upload(double[] src, Buf dst);

    /** As {@link #upload(float[], Buf)}. */
    void upload(int[] src, Buf dst);

    /** Reads {@code src} in row order after everything enqueued so far; converts from any type. */
    double[] downloadDoubles(Buf src);

    /** As {@link #downloadDoubles}, rounded to float. */
    float[] downloadFloats(Buf src);

    /** Waits until everything enqueued is done. */
    void synchronize();

    /** Whether {@link #capture} is there. */
    default boolean canCapture() {
        return false;
    }

    /**
     * Runs {@code work} while what it enqueues is recorded and not done. Of the device's memory the graph keeps what was
     * allocated meanwhile, for nobody else may write where its kernels do.
     *
     * @throws IllegalStateException         if the work reads or writes host memory, or waits
     * @throws UnsupportedOperationException if the device does everything at once and has nothing to record
     */
    default Graph capture(Runnable work) {
        throw new UnsupportedOperationException("the " + name() + " device does everything at once: it has no graphs");
    }

    MemoryUse memory();

    /** Gives all memory back; later use throws IllegalStateException. */
    @Override
    void close();

    /**
     * Bytes in use by live storages, the most that ever were, and what is held from the system (pools included).
     */
    record MemoryUse(long liveBytes, long peakBytes, long heldBytes, long liveStorages) {
    }

    /** A device could not give the memory that was asked for; the message says how much was asked, held and free. */
    final class OutOfDeviceMemory extends RuntimeException {
        private static final long serialVersionUID = 1;

        public OutOfDeviceMemory(String message) {
            super(message);
        }
    }
}
