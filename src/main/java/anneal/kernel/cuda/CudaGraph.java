package anneal.kernel.cuda;

import anneal.kernel.Graph;
import anneal.kernel.cuda.driver.Driver;
import anneal.kernel.cuda.driver.DriverException;
import java.util.Map;

/** What a driver recorded, with the memory that its kernels write to. */
final class CudaGraph implements Graph {
    private final Driver driver;
    private final CudaContext context;
    private final CudaMemory.Reserved memory;
    private final long handle;
    /** How often each kernel is launched by it. */
    private final Map<String, Long> launches;
    private boolean closed;

    private CudaGraph(Driver driver, CudaContext context, CudaMemory.Reserved memory, long handle,
                      Map<String, Long> launches) {
        this.driver = driver;
        this.context = context;
        this.memory = memory;
        this.handle = handle;
        this.launches = launches;
    }

    static CudaGraph capture(Driver driver, CudaContext context, CudaMemory memory, Runnable work) {
        var before = context.launches();
        driver.beginCapture();
        var reserved = memory.beginCapture();
        try {
            long handle = record(driver, work);
            return new CudaGraph(driver, context, reserved, handle, context.uncount(before));
        } catch (RuntimeException | Error e) {
            context.uncount(before);
            reserved.close();
            throw e;
        } finally {
            reserved.endCapture();
        }
    }

    private static long record(Driver driver, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            try {
                driver.forget(driver.endCapture());
            } catch (DriverException alsoRefused) {
                e.addSuppressed(alsoRefused);
            }
            throw e;
        }
        return driver.endCapture();
    }

    @Override
    public void launch() {
        if (closed) {
            throw new IllegalStateException("the graph is closed");
        }
        try {
            driver.replay(handle);
        } catch (DriverException e) {
            throw new DriverException(driver.name() + ": a graph of " + launches + ": " + e.getMessage());
        }
        context.count(launches);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            driver.forget(handle);
            memory.close();
        }
    }
}
