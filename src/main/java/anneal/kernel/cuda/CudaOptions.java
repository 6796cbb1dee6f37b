package anneal.kernel.cuda;

import anneal.kernel.Precision;

/**
 * How a {@link CudaBackend} is set up.
 *
 * @param threads   OS threads of the simulator, 0 for every processor; a GPU does not care
 * @param poison    fill fresh and freed memory with NaN, so that a read of either shows in the result
 * @param precision what is stored and multiplied
 */
public record CudaOptions(int threads, boolean poison, Precision precision) {
    public static final CudaOptions DEFAULT = new CudaOptions(0, false, Precision.FP32);

    public CudaOptions {
        if (threads < 0) {
            throw new IllegalArgumentException("threads must be 0 (all processors) or more, got " + threads);
        }
    }
}
