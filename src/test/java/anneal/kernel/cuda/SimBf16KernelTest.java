package anneal.kernel.cuda;

import anneal.kernel.Backend;
import anneal.kernel.KernelComparison;
import anneal.kernel.Precision;

/**
 * As {@link SimKernelTest} with bfloat16 in memory. Inputs are rounded before they are handed out, so what is compared
 * are the roundings on the way and of the results: 2^-9 each, so 8 + sqrt(length) of them are allowed, as in float32.
 */
class SimBf16KernelTest extends KernelComparison {
    @Override
    protected Backend open() {
        return TestedDevice.open(Precision.BF16);
    }
}
