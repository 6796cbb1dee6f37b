package anneal.model;

import anneal.nn.DropoutState;
import anneal.tensor.Tensor;

/** A network of images at a time: what denoises, or restores. */
public interface ImageNetwork {
    /**
     * One evaluation.
     *
     * @param x [N, H, W, channels]
     * @param t [N], I32 or floating; null for a network without time
     * @return [N, H, W, channels of the result]
     */
    Tensor forward(Tensor x, Tensor t);

    /** Switches dropout on and off. */
    DropoutState dropout();
}
