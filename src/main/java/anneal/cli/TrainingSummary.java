package anneal.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/**
 * What a training command leaves: what {@code --json} prints.
 *
 * @param out             the run directory
 * @param completed       whether all steps are done
 * @param seconds         of training in this process
 * @param loss            mean of the last steps; null if there was none in this process
 * @param peakMemoryBytes the most that tensors took at once
 * @param weights         files that can be sampled from
 * @param next            a command to go on with
 */
record TrainingSummary(String out, int steps, int totalSteps, boolean completed, double seconds,
                       double imagesPerSecond, Double loss, long peakMemoryBytes, String checkpoint,
                       List<String> weights, String next) {

    void print(PrintWriter out) {
        out.printf("%s: %s of %s steps done%s%n", this.out, Figures.count(steps), Figures.count(totalSteps),
                completed ? "" : ", stopped and saved");
        out.printf("  this time    %s of training, %s images/s%s%n", Figures.duration(seconds),
                Figures.three(imagesPerSecond), loss == null ? "" : ", loss " + Figures.three(loss));
        out.printf("  peak memory  %s%n", Figures.bytes(peakMemoryBytes));
        out.printf("  checkpoint   %s%n", Path.of(checkpoint).getFileName());
        out.printf("  weights      %s%n", String.join(", ", weights));
        out.printf("%s%n  %s%n", completed ? "next:" : "go on with:", next);
    }
}
