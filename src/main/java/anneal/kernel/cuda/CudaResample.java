package anneal.kernel.cuda;

import static anneal.kernel.cuda.CudaContext.suffix;

import anneal.kernel.Buf;
import anneal.kernel.Resample;
import anneal.kernel.cuda.driver.Grid;

/** Launches of kernels/resample.cu. */
final class CudaResample {
    private static final int THREADS = 256;

    private final CudaContext cuda;

    CudaResample(CudaContext cuda) {
        this.cuda = cuda;
    }

    void resample(Resample r, Buf x, Buf y, double alpha, double beta) {
        Fields.sameType(x, y);
        if (y.shape().size() == 0) {
            return;
        }
        var in = x.shape();
        var out = y.shape();
        int channels = out.last();
        int vector = channels % 4 == 0 && Fields.aligned(x, y) ? 4 : 1;
        var grid = new Grid(Math.multiplyExact(out.dim(0), out.dim(1)),
                Fields.ceilDiv((long) out.dim(2) * (channels / vector), THREADS), 1);
        cuda.launch("resample_v" + vector + suffix(x), grid, THREADS, 0, CudaNorm.resample(r), x, x.rowPitch(),
                in.dim(1), in.dim(2), y, y.rowPitch(), out.dim(1), out.dim(2), channels, (float) alpha, (float) beta);
    }
}
