package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.kernel.Backend;
import anneal.kernel.KernelBits;
import anneal.kernel.KernelDeterminism;
import org.junit.jupiter.api.Test;

class CpuDeterminismTest extends KernelDeterminism {
    @Override
    protected Backend open(int threads) {
        return new CpuBackend(CpuOptions.defaults().withThreads(threads));
    }

    /** Numbers that were drawn once can be drawn again on any machine. */
    @Test
    void drawsAreTheSameWithoutTheVectorApi() {
        try (var vectors = open(2); var plain = new CpuBackend(new CpuOptions(2, false, true))) {
            assertEquals(KernelBits.ofDraws(vectors), KernelBits.ofDraws(plain));
        }
    }
}
