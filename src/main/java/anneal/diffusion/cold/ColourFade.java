package anneal.diffusion.cold;

import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.util.Arrays;

/**
 * From the image to a plain colour, by masks that grow from the middle outwards or, reversed, close in on it: what
 * inpainting generates from (Bansal et al. 2022, section 5.3).
 */
public final class ColourFade {
    private final double[][] alphas;
    private final double[][] betas;
    private final LevelTable alpha;
    private final LevelTable beta;
    private final int size;
    private final int steps;

    /**
     * @param schedule the masks, growing ones
     * @param size     height and width of the images, even; the weights lie in the current scope
     */
    public ColourFade(Device device, FadeSchedule schedule, int size, boolean reverse) {
        this.size = size;
        steps = schedule.steps();
        var products = schedule.products(size);
        alphas = new double[steps + 1][];
        betas = new double[steps + 1][];
        for (int s = 0; s <= steps; s++) {
            // The reversed one starts from the image itself, not from all masks but the last.
            var given = reverse && s > 0 ? products[steps - s] : products[s];
            boolean isBeta = reverse && s > 0;
            alphas[s] = isBeta ? rest(given) : given;
            betas[s] = isBeta ? given : rest(given);
        }
        alpha = LevelTable.of(device, alphas);
        beta = LevelTable.of(device, betas);
    }

    private static double[] rest(double... weights) {
        var rest = new double[weights.length];
        Arrays.setAll(rest, i -> 1 - weights[i]);
        return rest;
    }

    /** Weight of the image at level {@code s}, [size, size]. */
    public double[] imageWeight(int s) {
        return alphas[s].clone();
    }

    /** Weight of the colour at level {@code s}, [size, size]. */
    public double[] colourWeight(int s) {
        return betas[s].clone();
    }

    /**
     * The degradation of a batch.
     *
     * @param end colours [N, 1, 1, C], or any images to end at [N, H, W, C]
     */
    public Degradation towards(Tensor end) {
        return new Degradation() {
            @Override
            public int steps() {
                return steps;
            }

            @Override
            public Tensor degrade(Tensor x, Tensor level) {
                LevelTable.require("this mask", x, level, size, 0);
                return x.mul(alpha.at(level, size, size, 1)).add(end.mul(beta.at(level, size, size, 1)));
            }
        };
    }
}
