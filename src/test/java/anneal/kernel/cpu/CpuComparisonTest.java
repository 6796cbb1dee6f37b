package anneal.kernel.cpu;

import anneal.kernel.Backend;
import anneal.kernel.KernelComparison;

/** The cpu device as it runs here, on memory that is NaN until written. */
class CpuComparisonTest extends KernelComparison {
    @Override
    protected Backend open() {
        return new CpuBackend(new CpuOptions(2, true, false));
    }
}
