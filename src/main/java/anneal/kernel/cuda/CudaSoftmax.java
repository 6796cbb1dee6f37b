package anneal.kernel.cuda;

import static anneal.kernel.cuda.CudaContext.suffix;

import anneal.kernel.Buf;
import anneal.kernel.cuda.driver.Grid;

/** Launches of kernels/softmax.cu. */
final class CudaSoftmax {
    private static final int SHORT_ROW = 512;

    private final CudaContext cuda;

    CudaSoftmax(CudaContext cuda) {
        this.cuda = cuda;
    }

    void softmax(boolean log, Buf x, Buf y) {
        Fields.sameType(x, y);
        if (x.shape().size() > 0) {
            cuda.launch("softmax" + suffix(x), grid(x), block(x), 0, x, x.rowPitch(), y, y.rowPitch(),
                    x.shape().last(), log ? 1 : 0);
        }
    }

    void softmaxBackward(boolean log, Buf y, Buf dy, Buf dx) {
        Fields.sameType(y, dy, dx);
        if (y.shape().size() > 0) {
            cuda.launch("softmax_gradient" + suffix(y), grid(y), block(y), 0, y, y.rowPitch(), dy, dy.rowPitch(),
                    dx, dx.rowPitch(), y.shape().last(), log ? 1 : 0);
        }
    }

    private static Grid grid(Buf x) {
        return Grid.of(Math.toIntExact(x.shape().rows()));
    }

    /** Threads of a row. */
    private static int block(Buf x) {
        return x.shape().last() <= SHORT_ROW ? 32 : 256;
    }
}
