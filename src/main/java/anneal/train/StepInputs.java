package anneal.train;

import anneal.diffusion.TimestepSampler;
import anneal.kernel.DType;
import anneal.kernel.Shape;
import anneal.tensor.Device;
import anneal.tensor.Tensor;

/**
 * What a training step is given, in device memory of its own that every step overwrites, so that the step can be
 * recorded and replayed. Lives in the scope that it is made in.
 */
final class StepInputs {
    private final Tensor images;
    private final Tensor labels;
    private final Tensor timesteps;
    private final Tensor weights;
    private final Tensor samples;
    private final Tensor position;

    /** For batches of {@code n} images of {@code size} x {@code size} pixels. */
    StepInputs(Device device, int n, int size, int channels) {
        images = device.empty(Shape.of(n, size, size, channels));
        labels = device.empty(DType.I32, Shape.of(n));
        timesteps = device.empty(DType.I32, Shape.of(n));
        weights = device.empty(Shape.of(n));
        samples = device.empty(DType.I32, Shape.of(n));
        position = device.empty(DType.I32, Shape.of(1));
    }

    /**
     * @param labels of the batch's images, after dropout
     * @param step   counted from 0
     */
    void write(Batch batch, int[] labels, TimestepSampler.Draw draw, int step) {
        images.copyFrom(batch.images());
        this.labels.copyFrom(labels);
        timesteps.copyFrom(draw.timesteps());
        weights.copyFrom(draw.weights());
        samples.copyFrom(batch.samples());
        position.copyFrom(new int[] {step});
    }

    /** Of I32 [1]: the step, where random draws stand. */
    Tensor position() {
        return position;
    }

    /** Importance weights [to - from]. */
    Tensor weights(int from, int to) {
        return part(weights, from, to);
    }

    /** The inputs of the images from..to-1, in the current scope. */
    Part part(int from, int to) {
        return new Part(part(images, from, to), part(labels, from, to), part(timesteps, from, to),
                part(samples, from, to));
    }

    private static Tensor part(Tensor whole, int from, int to) {
        return from == 0 && to == whole.dim(0) ? whole : whole.slice(0, from, to);
    }

    /**
     * @param images    [n, H, W, C] in -1..1
     * @param labels    I32 [n]
     * @param timesteps I32 [n]
     * @param samples   I32 [n], numbers of the samples within the step
     */
    record Part(Tensor images, Tensor labels, Tensor timesteps, Tensor samples) {
    }
}
