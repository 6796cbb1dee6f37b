package anneal.diffusion;

import anneal.kernel.DType;
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
        this.device = device;
        spec = new RandomSpec(RandomSpec.Kind.NORMAL, seed, stream);
        this.samples = device.ofInts(samples, samples.length);
        position = device.empty(DType.I32, Shape.of(1));
        seek(0);
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
