package anneal.diffusion;

import anneal.tensor.Device;
import anneal.tensor.Embedding;
import anneal.tensor.Tensor;

/**
 * A coefficient for each timestep in device memory. It is looked up there, by a tensor of timesteps, so that a recorded
 * step can be replayed at other timesteps.
 */
record CoefficientTable(Tensor rows) {
    /** In the current scope. */
    static CoefficientTable of(Device device, double[] coefficients) {
        return new CoefficientTable(device.of(coefficients, coefficients.length, 1));
    }

    /**
     * The coefficients of each sample, shaped [N, 1, .., 1] to multiply tensors like {@code x}.
     *
     * @param t I32 [N]
     */
    Tensor at(Tensor t, Tensor x) {
        return perSample(t).perSample(x.rank());
    }

    /** The coefficients of each sample, [N]. */
    Tensor perSample(Tensor t) {
        return Embedding.embedding(rows, t).reshape(t.dim(0));
    }
}
