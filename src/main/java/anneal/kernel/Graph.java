package anneal.kernel;

/**
 * Work of a device that was recorded once ({@link Backend#capture}) and is enqueued again as a whole, at the cost of one
 * call: the same kernels on the same addresses. What they find there may differ from time to time.
 */
public interface Graph extends AutoCloseable {
    /** Enqueues the work; throws IllegalStateException once the graph or its device is closed. */
    void launch();

    /** Gives back the memory that only the graph uses. */
    @Override
    void close();
}
