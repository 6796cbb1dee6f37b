package anneal.kernel.cuda;

import anneal.kernel.Precision;

/** As {@link SimDeterminismTest}, with bfloat16 in memory. */
class SimBf16DeterminismTest extends SimDeterminismTest {
    @Override
    protected Precision precision() {
        return Precision.BF16;
    }
}
