package anneal.kernel.cpu;

import anneal.kernel.Backend;
import anneal.kernel.KernelComparison;

/** The cpu device without the Vector API. */
class CpuScalarComparisonTest extends KernelComparison {
    @Override
    protected Backend open() {
        return new CpuBackend(new CpuOptions(2, true, true));
    }
}
