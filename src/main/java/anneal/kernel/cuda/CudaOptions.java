package anneal.kernel.cuda;

import anneal.kernel.Precision;

/**
 * How a {@link CudaBackend} is set up.
 *
 * @param threads   OS threads of the simulator, 0 for every processor; a GPU does not care
 * @param poison    fill fresh and freed memory with NaN, so that a read of either shows in the result
 * @param precision what is stored and multiplied
 * @param vendor    products and convolutions by cuBLAS and cuDNN, on a GPU only
 */
public record CudaOptions(int threads, boolean poison, Precision precision, boolean vendor) {
    public static final CudaOptions DEFAULT = new CudaOptions(0, false, Precision.FP32);

    /** With kernels of ours only. */
    public CudaOptions(int threads, boolean poison, Precision precision) {
        this(threads, poison, precision, false);
    }

    public CudaOptions {
        if (threads < 0) {
            throw new IllegalArgumentException("threads must be 0 (all processors) or more, got " + threads);
        }
    }
}
