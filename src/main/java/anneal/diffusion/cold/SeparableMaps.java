package anneal.diffusion.cold;

import anneal.tensor.Device;
import anneal.tensor.MatMul;
import anneal.tensor.Tensor;

/**
 * A_s x A_s^T for each channel of square images: any number of blurs and resamplings one after the other is two matrix
 * products, whatever the level, since their product was taken beforehand in float64.
 */
record SeparableMaps(LevelTable matrices, int size) {
    /** @param matrices [size, size] of each level 0..T */
    static SeparableMaps of(Device device, int size, double[]... matrices) {
        return new SeparableMaps(LevelTable.of(device, matrices), size);
    }

    Tensor apply(Tensor x, Tensor level) {
        var a = matrices.at(level, size, size);
        return along(a, along(a, x).permute(0, 2, 1, 3)).permute(0, 2, 1, 3);
    }

    /** Along the second axis. */
    private Tensor along(Tensor a, Tensor x) {
        int n = x.dim(0);
        int c = x.dim(3);
        return MatMul.matmul(a, x.reshape(n, size, size * c)).reshape(n, size, size, c);
    }
}
