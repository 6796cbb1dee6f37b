package anneal.diffusion;

import anneal.kernel.RandomSpec;
import anneal.kernel.Shape;
import anneal.tensor.Device;
import anneal.tensor.Tensor;

/** Noise that depends on the seed, the sample's number and the position, and on nothing else in the batch. */
public final class PhiloxNoise implements NoiseSource {
    private final Device device;
    private final RandomSpec spec;
    private final Tensor samples;
    private final Tensor position;

    /**
     * Lives in the current scope.
     *
     * @param stream  the caller's number for this use of randomness
     * @param samples numbers of the samples, in batch order
     */
    public PhiloxNoise(Device device, long seed, int stream, int... samples) {
        this(seed, stream, device.ofInts(samples, samples.length), device.ofInts(new int[] {0}, 1));
    }

    /**
     * Of numbers that lie on the device already.
     *
     * @param samples  I32 [N]
     * @param position I32 [1], which {@link #seek} overwrites
     */
    public PhiloxNoise(long seed, int stream, Tensor samples, Tensor position) {
        device = samples.device();
        spec = new RandomSpec(RandomSpec.Kind.NORMAL, seed, stream);
        this.samples = samples;
        this.position = position;
    }

    @Override
    public void seek(int next) {
        position.copyFrom(new int[] {next});
    }

    @Override
    public Tensor draw(Shape shape) {
        if (shape.dim(0) != samples.dim(0)) {
            throw new IllegalArgumentException(
                    "noise for " + samples.dim(0) + " samples was asked for a batch of shape " + shape);
        }
        var noise = device.empty(shape);
        device.kernels().random(spec, samples.buf(), position.buf(), noise.buf());
        return noise;
    }
}
