package anneal.train;

import java.nio.file.Path;
import java.util.Map;

/** Hears from a training run, on its thread. */
public interface TrainingListener {
    /**
     * After every step.
     *
     * @param step            steps done
     * @param total           steps in all
     * @param loss            mean over the batch
     * @param imagesPerSecond over the last steps
     */
    default void step(int step, int total, double loss, double imagesPerSecond) {
    }

    /** A line of the log. */
    default void logged(Map<String, Object> line) {
    }

    /** A checkpoint, and the weights, were written. */
    default void saved(int step, Path checkpoint) {
    }

    /** A picture was written. */
    default void preview(int step, Path picture) {
    }
}
