package anneal.kernel.reference;

import anneal.kernel.Backend;
import anneal.kernel.KernelComparison;

/** Here the comparison cannot find wrong numbers; it finds stale reads, stray writes and storages left over. */
class ReferenceComparisonTest extends KernelComparison {
    @Override
    protected Backend open() {
        return new ReferenceBackend(true);
    }
}
