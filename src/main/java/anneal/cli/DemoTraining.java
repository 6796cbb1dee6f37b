package anneal.cli;

import anneal.data.ImageDataset;
import anneal.tensor.Device;
import anneal.train.Cadence;
import anneal.train.RunDirectory;
import anneal.train.TrainingConfig;
import anneal.train.TrainingListener;
import anneal.train.TrainingRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Trains a model within a given time: measures the speed first, then chooses the number of steps. */
final class DemoTraining {

    private static final int FEWEST_STEPS = 20;
    private static final int PREVIEWS = 4;
    /** If the machine slows down after the measurement, it gets this much more time before training is cut short. */
    private static final double PATIENCE = 1.3;

    private final Device device;
    private final ImageDataset data;
    private final PrintWriter err;

    DemoTraining(Device device, ImageDataset data, PrintWriter err) {
        this.device = device;
        this.data = data;
        this.err = err;
    }

    /** A config for a number of steps. */
    interface Recipe {
        TrainingConfig of(int steps);
    }

    /**
     * Trains in a new run directory.
     *
     * @param task    for the progress bar
     * @param measure seconds for measuring, which also warm the JVM up
     * @param seconds for training
     * @return the steps done
     */
    int train(String task, Recipe recipe, Path folder, double measure, double seconds, Interruption stop)
            throws IOException {
        double perStep = secondsPerStep(recipe, measure, stop);
        int steps = (int) Math.max(FEWEST_STEPS, seconds / perStep);
        var config = recipe.of(steps);
        double deadline = System.nanoTime() * 1e-9 + PATIENCE * Math.max(seconds, FEWEST_STEPS * perStep);
        BooleanSupplier over = () -> stop.requested() || System.nanoTime() * 1e-9 > deadline;
        try (var directory = RunDirectory.open(folder); var run = TrainingRun.start(directory, config, device, data);
                var progress = new TrainingProgress(task, 0, steps, err)) {
            run.run(new Cadence(0, Math.max(1, steps / 50), Math.max(1, steps / PREVIEWS)), progress, over);
            return run.step();
        }
    }

    /** In a folder that is thrown away. */
    private double secondsPerStep(Recipe recipe, double measure, Interruption stop) throws IOException {
        var scratch = Files.createTempDirectory("anneal-demo");
        var times = new ArrayList<Double>();
        double deadline = System.nanoTime() * 1e-9 + measure;
        var stopwatch = new TrainingListener() {
            private long last = System.nanoTime();

            @Override
            public void step(int step, int total, double loss, double imagesPerSecond) {
                long now = System.nanoTime();
                times.add((now - last) * 1e-9);
                last = now;
            }
        };
        try (var directory = RunDirectory.open(scratch);
                var run = TrainingRun.start(directory, recipe.of(Integer.MAX_VALUE), device, data)) {
            run.run(new Cadence(0, 0, 0), stopwatch, () -> times.size() >= FEWEST_STEPS
                    && System.nanoTime() * 1e-9 > deadline || stop.requested());
        } finally {
            delete(scratch);
        }
        return times.isEmpty() ? 1 : median(times.subList(times.size() / 2, times.size()));
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
