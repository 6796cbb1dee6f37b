package anneal.diffusion;

import anneal.kernel.Shape;
import anneal.tensor.Tensor;

/**
 * Where a run takes its standard normal noise from. Where to draw is said apart from drawing, since a step that is
 * recorded once and replayed can only read a position that lies in device memory.
 */
public interface NoiseSource {
    /** Makes {@code position} the next draw: 0 is the start of a sampling run, 1 + k its step k. */
    void seek(int position);

    /**
     * The draw of the current position, the same as often as it is asked for.
     *
     * @param shape samples first
     */
    Tensor draw(Shape shape);

    /** For walks that draw nothing; being asked is an error. */
    static NoiseSource none() {
        return new NoiseSource() {
            @Override
            public void seek(int position) {
                // every position is as empty as any other
            }

            @Override
            public Tensor draw(Shape shape) {
                throw new IllegalStateException("noise was drawn in a run that was given none");
            }
        };
    }
}
