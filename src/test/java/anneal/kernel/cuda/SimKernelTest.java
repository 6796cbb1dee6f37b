package anneal.kernel.cuda;

import anneal.kernel.Backend;
import anneal.kernel.KernelComparison;
import anneal.kernel.Precision;
import anneal.kernel.cuda.driver.HostDriver;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;

/** The CUDA kernels on the simulator, against the reference, on memory that is NaN until written. */
class SimKernelTest extends KernelComparison {
    /** The first words of the cases whose primitives there are kernels for. */
    private static final Set<String> FAMILIES = Set.of(
            "map", "fill", "conv", "gemm", "reduce", "attention", "normStats", "norm", "normBackward", "softmax", "logSoftmax", "gather",
            "scatterAdd", "oneHot", "copy", "resample", "random", "adamw");

    @Override
    protected Backend open() {
        HostDriver.unavailable().ifPresent(reason -> Assumptions.abort("no sim device here: it " + reason));
        return CudaBackend.sim(new CudaOptions(2, true, Precision.FP32));
    }

    @Override
    protected boolean covers(String name) {
        return FAMILIES.contains(name.split(" ")[0]);
    }
}
