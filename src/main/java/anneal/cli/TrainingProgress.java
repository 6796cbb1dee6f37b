package anneal.cli;

import anneal.train.TrainingListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;

/** Shows a training run: the loss and the speed, both as means over the last steps. */
final class TrainingProgress implements TrainingListener, AutoCloseable {

    private static final double MOST_STEPS = 100;

    private final Progress progress;
    private final Profiling profiling;
    private final int from;
    private double steps;
    private double loss;
    private double secondsPerImage;
    private Path checkpoint;

    /** @param from steps done before */
    TrainingProgress(String task, int from, int total, PrintWriter err) {
        this(task, from, total, err, Profiling.OFF);
    }

    /** @param profiling is told of every step */
    TrainingProgress(String task, int from, int total, PrintWriter err, Profiling profiling) {
        this.from = from;
        this.profiling = profiling;
        progress = Progress.start(task, from, total, err);
    }

    @Override
    public void step(int step, int total, double stepLoss, double imagesPerSecond) {
        profiling.step(step - from, total - from);
        steps = Math.min(MOST_STEPS, steps + 1);
        loss += (stepLoss - loss) / steps;
        secondsPerImage += (1 / imagesPerSecond - secondsPerImage) / steps;
        progress.at(step, "loss %s, %s images/s".formatted(Figures.three(loss), Figures.three(1 / secondsPerImage)));
    }

    @Override
    public void logged(Map<String, Object> line) {
        // it can be read in the run directory
    }

    @Override
    public void saved(int step, Path file) {
        checkpoint = file;
    }

    @Override
    public void preview(int step, Path picture) {
        progress.say("step %s: preview %s".formatted(Figures.count(step), picture));
    }

    void say(String line) {
        progress.say(line);
    }

    /** Mean of the last losses; null before the first step. */
    Double loss() {
        return steps == 0 ? null : loss;
    }

    /** The newest checkpoint. */
    Path checkpoint() {
        return checkpoint;
    }

    @Override
    public void close() {
        progress.close();
    }
}
