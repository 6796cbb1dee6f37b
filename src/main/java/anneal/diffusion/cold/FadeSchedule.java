package anneal.diffusion.cold;

import java.util.Arrays;

/**
 * The Gaussian masks that inpainting removes with, one for each step: 1 - exp(-d^2 / (2 sigma^2)) at distance d from
 * the centre.
 *
 * @param std         kernelStd of the authors: sigma = std (i + initialMask) at step i, or std for {@code constant}
 * @param initialMask how wide the first mask is
 * @param steps       T
 * @param constant    whether every step has the same mask
 */
public record FadeSchedule(double std, int initialMask, int steps, boolean constant) {
    /** @throws IllegalArgumentException in one line, if there are no steps or a mask would have no width */
    public FadeSchedule {
        if (steps < 1) {
            throw new IllegalArgumentException("fading needs at least one step, got " + steps);
        }
        if (!(std > 0) || !constant && initialMask < 1) {
            throw new IllegalArgumentException("fading needs a positive deviation and an initial mask of 1 or more,"
                    + " got " + std + " and " + initialMask);
        }
    }

    /**
     * The mask of step {@code i} (from 0).
     *
     * @param extent of the mask, even
     * @return [extent, extent], 0 at (extent/2 - 1, extent/2 - 1)
     */
    public double[] mask(int i, int extent) {
        if (extent < 2 || extent % 2 != 0) {
            throw new IllegalArgumentException("fading needs images of an even size, got " + extent);
        }
        double sigma = constant ? std : std * (i + initialMask);
        var line = new double[extent];
        for (int k = 0; k < extent; k++) {
            double d = k + 1 - extent / 2;
            line[k] = StrictMath.exp(-d * d / (2 * sigma * sigma));
        }
        var mask = new double[extent * extent];
        for (int r = 0; r < extent; r++) {
            for (int c = 0; c < extent; c++) {
                mask[r * extent + c] = 1 - line[r] * line[c];
            }
        }
        return mask;
    }

    /** Products of the masks of the first s steps, for s = 0..T. */
    double[][] products(int extent) {
        var products = new double[steps + 1][extent * extent];
        Arrays.fill(products[0], 1);
        for (int i = 0; i < steps; i++) {
            var mask = mask(i, extent);
            for (int k = 0; k < mask.length; k++) {
                products[i + 1][k] = products[i][k] * mask[k];
            }
        }
        return products;
    }
}
