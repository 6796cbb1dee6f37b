package anneal.diffusion;

import anneal.kernel.Shape;
import anneal.tensor.Embedding;
import anneal.tensor.Tensor;
import java.util.Arrays;

/** Noise that was drawn before: [positions, N, ..]. */
public final class RecordedNoise implements NoiseSource {
    private final Tensor draws;
    private final Tensor position;

    /**
     * Lives in the current scope.
     *
     * @param draws one entry of its first axis a position, from 0
     */
    public RecordedNoise(Tensor draws) {
        this.draws = draws;
        position = draws.device().ofInts(new int[] {0}, 1);
    }

    @Override
    public void seek(int next) {
        if (next < 0 || next >= draws.dim(0)) {
            throw new IllegalArgumentException("draw " + next + " was asked for, " + draws.dim(0) + " are recorded");
        }
        position.copyFrom(new int[] {next});
    }

    @Override
    public Tensor draw(Shape shape) {
        var recorded = draws.shape().toArray();
        var one = Shape.of(Arrays.copyOfRange(recorded, 1, recorded.length));
        if (!one.equals(shape)) {
            throw new IllegalArgumentException("noise of shape " + shape + " was asked for, recorded is " + one);
        }
        var rows = draws.reshape(draws.dim(0), Math.toIntExact(one.size()));
        return Embedding.embedding(rows, position).reshape(one.toArray());
    }
}
