package anneal.diffusion.cold;

import anneal.tensor.Tensor;

/**
 * D(x, s): a way to make images worse, little by little (Bansal et al. 2022, section 3.1). Everything else, restoring
 * and training, follows from these two methods.
 *
 * <p>Levels s are the paper's: 0 is the clean image, D(x, 0) = x, and {@link #steps} the worst. The authors' code
 * counts from 0 instead: its time t is level t + 1.
 */
public interface Degradation {
    /** T, the number of levels above the clean one. */
    int steps();

    /**
     * The images, each at its own level. Made of tensor operations, so that it runs on every device.
     *
     * @param x     clean images [N, H, W, C] in -1..1
     * @param level I32 [N], 0..steps(): {@link Levels}
     * @return shaped like x
     * @throws IllegalArgumentException in one line, if the images do not fit
     */
    Tensor degrade(Tensor x, Tensor level);
}
