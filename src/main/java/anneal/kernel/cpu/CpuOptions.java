package anneal.kernel.cpu;

import anneal.kernel.ConvAlgorithm;

/**
 * How a {@link CpuBackend} is set up.
 *
 * @param threads     how many threads work on a kernel, the caller included; at least 1
 * @param poison      fill fresh and freed memory with NaN, so that a read of either shows in the result
 * @param forceScalar use the plain Java loops even where the Vector API is there
 * @param convolution how convolutions are computed where there is a choice
 */
public record CpuOptions(int threads, boolean poison, boolean forceScalar, ConvAlgorithm convolution) {
    public CpuOptions {
        if (threads < 1) {
            throw new IllegalArgumentException("the cpu device needs at least 1 thread, not " + threads);
        }
    }

    /** Convolutions as {@link ConvAlgorithm#AUTO} chooses. */
    public CpuOptions(int threads, boolean poison, boolean forceScalar) {
        this(threads, poison, forceScalar, ConvAlgorithm.AUTO);
    }

    /** All processors, no poison, vectors where there are any. */
    public static CpuOptions defaults() {
        return new CpuOptions(Runtime.getRuntime().availableProcessors(), false, false);
    }

    public CpuOptions withThreads(int n) {
        return new CpuOptions(n, poison, forceScalar, convolution);
    }

    public CpuOptions with(ConvAlgorithm algorithm) {
        return new CpuOptions(threads, poison, forceScalar, algorithm);
    }
}
