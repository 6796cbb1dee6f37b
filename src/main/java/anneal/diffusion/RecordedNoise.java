package anneal.diffusion;

import anneal.kernel.Shape;
import anneal.tensor.Tensor;
import java.util.Arrays;

/** Noise that was drawn before: [positions, N, ..]. */
public final class RecordedNoise implements NoiseSource {
    private final Tensor draws;
    private int position;

    /** @param draws one entry of its first axis a position, from 0 */
    public RecordedNoise(Tensor draws) {
        this.draws = draws;
    }

    @Override
    public void seek(int next) {
        if (next < 0 || next >= draws.dim(0)) {
            throw new IllegalArgumentException("draw " + next + " was asked for, " + draws.dim(0) + " are recorded");
        }
        position = next;
    }

    @Override
    public Tensor draw(Shape shape) {
        var recorded = draws.shape().toArray();
        var one = Shape.of(Arrays.copyOfRange(recorded, 1, recorded.length));
        if (!one.equals(shape)) {
            throw new IllegalArgumentException("noise of shape " + shape + " was asked for, recorded is " + one);
        }
        return draws.slice(0, position, position + 1).reshape(one.toArray());
    }
}
