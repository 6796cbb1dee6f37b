package anneal.train;

import anneal.kernel.ReduceOp;
import anneal.kernel.Shape;
import anneal.tensor.Embedding;
import anneal.tensor.Tensor;

/** Whether the largest logit is the label's. */
final class Accuracy {
    private Accuracy() {
    }

    /**
     * 1 or 0 for each row, [n].
     *
     * @param logits [n, classes]
     * @param labels I32 [n]
     */
    static Tensor of(Tensor logits, Tensor labels) {
        Tensor largest = logits.device().empty(Shape.of(logits.dim(0), 1));
        var max = ReduceOp.of(ReduceOp.Fn.MAX, 1, 0);
        logits.device().kernels().reduce(max, new int[] {1}, logits.buf(), largest.buf());
        Tensor own = logits.mul(Embedding.oneHot(labels, logits.dim(1))).sum(true, 1);
        return own.sub(largest).less(0).affine(-1, 1).reshape(logits.dim(0));
    }
}
