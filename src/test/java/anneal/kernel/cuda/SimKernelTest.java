package anneal.kernel.cuda;

import anneal.kernel.Backend;
import anneal.kernel.KernelComparison;
import anneal.kernel.Precision;
import anneal.kernel.cuda.driver.HostDriver;
import org.junit.jupiter.api.Assumptions;

/** The CUDA kernels on the simulator, against the reference, on memory that is NaN until written. */
class SimKernelTest extends KernelComparison {
    @Override
    protected Backend open() {
        HostDriver.unavailable().ifPresent(reason -> Assumptions.abort("no sim device here: it " + reason));
        return CudaBackend.sim(new CudaOptions(2, true, Precision.FP32));
    }
}
