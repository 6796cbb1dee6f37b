package anneal.kernel.cuda;

import anneal.kernel.Backend;
import anneal.kernel.KernelComparison;
import anneal.kernel.Precision;

/**
 * As {@link SimKernelTest} with products in TF32. Both factors are rounded to eleven significant bits, 2^-11 at most;
 * the errors of a sum's terms are independent, so that relative to the sum they stay about one such rounding, whatever
 * its length.
 */
class SimTf32KernelTest extends KernelComparison {
    @Override
    protected Backend open() {
        return TestedDevice.open(Precision.TF32);
    }

    @Override
    protected double epsilon() {
        return 0x1p-11;
    }
}
