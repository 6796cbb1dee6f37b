package anneal.kernel.cuda;

import anneal.kernel.Storage;
import anneal.kernel.cuda.driver.Driver;

/**
 * Times single calls by the device's own events. Before each it fills a buffer that is larger than the second-level
 * cache: operands then come from memory, and while the device fills, the host enqueues the call, so that launching it
 * is not in the figure unless the call is many launches. On the simulator events are the host's time.
 */
public final class DeviceClock implements AutoCloseable {
    private final Driver driver;
    private final Storage flushed;
    private final long from;
    private final long to;

    DeviceClock(Driver driver, Storage flushed) {
        this.driver = driver;
        this.flushed = flushed;
        from = driver.event();
        to = driver.event();
    }

    /** Milliseconds from when the device begins what {@code enqueue} enqueues to when it has done it; waits. */
    public double milliseconds(Runnable enqueue) {
        driver.set(flushed.address(), 0, flushed.bytes() / Integer.BYTES);
        driver.record(from);
        enqueue.run();
        driver.record(to);
        return driver.milliseconds(from, to);
    }

    /** Enqueues CUDA's own copy between two storages of the device: the yardstick for whatever is bound by memory. */
    public void copy(Storage target, Storage source) {
        target.checkWritable();
        driver.copy(target.address(), source.address(), Math.min(target.bytes(), source.bytes()));
    }

    @Override
    public void close() {
        flushed.release();
    }
}
