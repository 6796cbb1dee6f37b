package anneal.kernel.cuda;

import anneal.kernel.Backend;
import anneal.kernel.KernelComparison;
import anneal.kernel.Precision;

/** The CUDA kernels against the reference, on memory that is NaN until written: on the {@link TestedDevice}. */
class SimKernelTest extends KernelComparison {
    @Override
    protected Backend open() {
        return TestedDevice.open(Precision.FP32);
    }
}
