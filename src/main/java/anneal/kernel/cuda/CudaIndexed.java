package anneal.kernel.cuda;

import anneal.kernel.Buf;
import anneal.kernel.cuda.driver.Grid;

/** Launches of kernels/indexed.cu. An index outside its table gives NaN, as the host does not look at device memory. */
final class CudaIndexed {
    private static final int THREADS = 256;

    private final CudaContext cuda;

    CudaIndexed(CudaContext cuda) {
        this.cuda = cuda;
    }

    void gather(Buf table, Buf index, Buf out) {
        if (out.shape().size() > 0) {
            cuda.launch("gather", elements(out), THREADS, 0, Fields.ofOperand(table), table.shape().dim(0), index,
                    out.shape().dim(0), out.shape().last(), Fields.ofOperand(out));
        }
    }

    void scatterAdd(Buf index, Buf rows, Buf table) {
        if (rows.shape().size() > 0) {
            var grid = new Grid(rows.shape().dim(0), Fields.ceilDiv(rows.shape().last(), THREADS), 1);
            cuda.launch("scatter_add", grid, THREADS, 0, index, rows.shape().dim(0), Fields.ofOperand(rows),
                    rows.shape().last(), Fields.ofOperand(table), table.shape().dim(0));
        }
    }

    void oneHot(Buf index, Buf out) {
        if (out.shape().size() > 0) {
            cuda.launch("one_hot", elements(out), THREADS, 0, index, out.shape().dim(0), out.shape().last(),
                    Fields.ofOperand(out));
        }
    }

    private static Grid elements(Buf out) {
        return Grid.of(Fields.ceilDiv(out.shape().size(), THREADS));
    }
}
