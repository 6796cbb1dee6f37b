package anneal.kernel.cpu;

import anneal.kernel.Backend;
import anneal.kernel.KernelDeterminism;

class CpuDeterminismTest extends KernelDeterminism {
    @Override
    protected Backend open(int threads) {
        return new CpuBackend(CpuOptions.defaults().withThreads(threads));
    }
}
