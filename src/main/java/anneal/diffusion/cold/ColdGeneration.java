package anneal.diffusion.cold;

import anneal.tensor.MatMul;
import anneal.tensor.Resize;
import anneal.tensor.Tensor;

/**
 * Starts for generation (Bansal et al. 2022, section 5.2): fully degraded images have little left, so that a mixture of
 * Gaussians can be fitted to the few numbers that describe them, and drawn from.
 */
public final class ColdGeneration {
    private ColdGeneration() {
    }

    /**
     * The few numbers: each channel's means over a grid.
     *
     * @param x    degraded images [N, H, W, C]
     * @param grid cells along each side; 1 for one mean a channel
     * @return [N, C grid grid], channel by channel, row by row
     */
    public static Tensor features(Tensor x, int grid) {
        var means = Resize.resize(x, grid, grid, Resize.Method.AREA, false);
        return means.permute(0, 3, 1, 2).reshape(x.dim(0), x.dim(3) * grid * grid);
    }

    /**
     * Images of such numbers, each a flat square.
     *
     * @param features [N, C grid grid]
     * @param channels C
     * @param size     height and width of the images
     * @return [N, size, size, C]
     */
    public static Tensor images(Tensor features, int channels, int size) {
        int grid = (int) Math.round(Math.sqrt((double) features.dim(1) / channels));
        if (grid < 1 || channels * grid * grid != features.dim(1)) {
            throw new IllegalArgumentException("%d numbers are no square grid of %d channels"
                    .formatted(features.dim(1), channels));
        }
        int n = features.dim(0);
        var enlarge = features.device().of(LineMaps.nearestExact(grid, size), size, grid);
        var cells = features.reshape(n, channels, grid, grid);
        return MatMul.matmul(enlarge, MatMul.matmul(cells, enlarge, false, true)).permute(0, 2, 3, 1);
    }

    /**
     * A flat image looks the same everywhere, and so would everything made of it: a little noise breaks the symmetry.
     *
     * @param noise     standard normal, shaped like {@code start}
     * @param deviation 0 keeps the perfect symmetry
     */
    public static Tensor breakSymmetry(Tensor start, Tensor noise, double deviation) {
        return start.add(noise.mul(deviation));
    }
}
