package anneal.nn;

import anneal.tensor.Tensor;

/** A step of a UNet's column: images in, images out, with the time embedding at hand. */
@FunctionalInterface
public interface Layer {
    /**
     * @param x         [N, H, W, C]
     * @param embedding [N, E], SiLU already applied (once for all layers); layers that have no use for it ignore it
     */
    Tensor apply(Tensor x, Tensor embedding);
}
