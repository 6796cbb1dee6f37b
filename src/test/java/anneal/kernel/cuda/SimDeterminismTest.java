package anneal.kernel.cuda;

import anneal.kernel.Backend;
import anneal.kernel.KernelDeterminism;
import anneal.kernel.Precision;
import anneal.kernel.cuda.driver.HostDriver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;

/**
 * A kernel gives the same bits for any number of the simulator's threads, whatever the order in which a block's threads
 * run, and for a sample alone or in a batch.
 */
class SimDeterminismTest extends KernelDeterminism {
    private static final long USUAL_ORDER = 1;

    @Override
    protected Backend open(int threads) {
        HostDriver.unavailable().ifPresent(reason -> Assumptions.abort("no sim device here: it " + reason));
        return CudaBackend.sim(new CudaOptions(threads, false, precision()));
    }

    protected Precision precision() {
        return Precision.FP32;
    }

    /** All devices of the process share the simulator's threads. One thread runs a block's in their numbers' order. */
    @Override
    protected void prepare(int threads) {
        HostDriver.setThreads(threads);
        HostDriver.setOrder(threads == 1 ? 0 : 0x9E3779B9L * threads);
    }

    @AfterAll
    static void asUsual() {
        if (HostDriver.unavailable().isEmpty()) {
            HostDriver.setThreads(0);
            HostDriver.setOrder(USUAL_ORDER);
        }
    }
}
