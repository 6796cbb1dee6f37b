package anneal.kernel.cuda;

import static anneal.kernel.cuda.CudaContext.suffix;

import anneal.kernel.Buf;
import anneal.kernel.RandomSpec;
import anneal.kernel.cuda.driver.Grid;

/** Launches of kernels/random.cu. */
final class CudaRandom {
    private static final int THREADS = 256;
    private static final int NUMBERS_OF_THREAD = 4;
    private static final int GRID_LIMIT = 65535;

    private final CudaContext cuda;

    CudaRandom(CudaContext cuda) {
        this.cuda = cuda;
    }

    void random(RandomSpec s, Buf sampleIndex, Buf position, Buf out) {
        if (out.shape().size() == 0) {
            return;
        }
        int samples = out.shape().dim(0);
        long perSample = out.shape().size() / samples;
        int y = Math.min(samples, GRID_LIMIT);
        var grid = new Grid(Fields.ceilDiv(perSample, THREADS * NUMBERS_OF_THREAD), y, Fields.ceilDiv(samples, y));
        cuda.launch("random" + suffix(out), grid, THREADS, 0, s.kind() == RandomSpec.Kind.NORMAL ? 1 : 0, s.seed(),
                s.stream(), sampleIndex, position, samples, perSample, out);
    }
}
