package anneal.model;

import anneal.tensor.Tensor;

/** Checks what a UNet is given. */
final class ImageShapes {
    private ImageShapes() {
    }

    /** @throws IllegalArgumentException in one line, unless x is [N, H, W, channels] and halves levels - 1 times */
    static void check(Tensor x, int channels, int levels) {
        if (x.rank() != 4 || x.dim(3) != channels) {
            throw new IllegalArgumentException("an input " + x.shape() + " for a network of images [N, H, W, "
                    + channels + "]");
        }
        int steps = 1 << (levels - 1);
        if (x.dim(1) % steps != 0 || x.dim(2) % steps != 0) {
            throw new IllegalArgumentException("images of " + x.dim(1) + "x" + x.dim(2) + " for a UNet of " + levels
                    + " levels; multiples of " + steps + " are needed");
        }
    }
}
