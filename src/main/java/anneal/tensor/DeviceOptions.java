package anneal.tensor;

import anneal.kernel.ConvAlgorithm;
import anneal.kernel.Precision;
import anneal.kernel.profile.Profile;

/**
 * Choices that a device is opened with.
 *
 * @param threads     worker threads of the cpu device; 0 takes every processor
 * @param poison      fill freed memory with NaN, so that a stale read is seen (for tests)
 * @param forceScalar the cpu device without the Vector API
 * @param precision   what the cuda and sim devices store and multiply; the others have but one
 * @param convolution how the cpu device convolves; the others have but one way
 * @param vendor      products and convolutions of the cuda device by cuBLAS and cuDNN
 * @param graphs      steps that are the same every time are recorded once and replayed; cuda and sim only
 * @param profile     where every kernel call is timed and counted, each waited for; null does neither
 */
public record DeviceOptions(int threads, boolean poison, boolean forceScalar, Precision precision,
                            ConvAlgorithm convolution, boolean vendor, boolean graphs, Profile profile) {
    public static final DeviceOptions DEFAULT = new DeviceOptions(0, false, false);

    /** In float32 without a profile. */
    public DeviceOptions(int threads, boolean poison, boolean forceScalar) {
        this(threads, poison, forceScalar, Precision.FP32, ConvAlgorithm.AUTO, false, false, null);
    }

    public DeviceOptions {
        if (threads < 0) {
            throw new IllegalArgumentException("threads must be 0 (all processors) or more, got " + threads);
        }
    }

    public static DeviceOptions threads(int threads) {
        return new DeviceOptions(threads, false, false);
    }

    /** These, with a profile (or without, if null). */
    public DeviceOptions with(Profile into) {
        return new DeviceOptions(threads, poison, forceScalar, precision, convolution, vendor, graphs, into);
    }

    /** These, in another precision. */
    public DeviceOptions with(Precision other) {
        return new DeviceOptions(threads, poison, forceScalar, other, convolution, vendor, graphs, profile);
    }

    /** These, with convolutions computed another way. */
    public DeviceOptions with(ConvAlgorithm other) {
        return new DeviceOptions(threads, poison, forceScalar, precision, other, vendor, graphs, profile);
    }

    /** These, with NVIDIA's libraries for products and convolutions, or without. */
    public DeviceOptions withVendor(boolean other) {
        return new DeviceOptions(threads, poison, forceScalar, precision, convolution, other, graphs, profile);
    }

    /** These, with steps as graphs, or without. */
    public DeviceOptions withGraphs(boolean other) {
        return new DeviceOptions(threads, poison, forceScalar, precision, convolution, vendor, other, profile);
    }
}
