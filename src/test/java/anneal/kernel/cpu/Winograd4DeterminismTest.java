package anneal.kernel.cpu;

import anneal.kernel.Backend;
import anneal.kernel.ConvAlgorithm;
import anneal.kernel.KernelDeterminism;

/** Convolutions by F(4x4,3x3) wherever it can be: the same bits for any number of threads and any batch. */
class Winograd4DeterminismTest extends KernelDeterminism {
    Winograd4DeterminismTest() {
        super(name -> name.startsWith("conv "));
    }

    @Override
    protected Backend open(int threads) {
        return new CpuBackend(CpuOptions.defaults().withThreads(threads).with(ConvAlgorithm.F4));
    }
}
