package anneal.cli;

import anneal.kernel.profile.ProfileReport;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
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
 * @param weights         files that can be sampled from
 * @param next            a command to go on with
 * @param profile         where the time went; null, and left out, unless asked for
 */
record TrainingSummary(String out, int steps, int totalSteps, boolean completed, double seconds,
                       double imagesPerSecond, Double loss, @JsonUnwrapped PeakMemory peak, String checkpoint,
                       List<String> weights, String next,
                       @JsonInclude(JsonInclude.Include.NON_NULL) ProfileReport profile) {

    void print(PrintWriter out) {
        out.printf("%s: %s of %s steps done%s%n", this.out, Figures.count(steps), Figures.count(totalSteps),
                completed ? "" : ", stopped and saved");
        out.printf("  this time    %s of training, %s images/s%s%n", Figures.duration(seconds),
                Figures.three(imagesPerSecond), loss == null ? "" : ", loss " + Figures.three(loss));
        out.printf("  peak memory  %s%n", peak);
        out.printf("  checkpoint   %s%n", Path.of(checkpoint).getFileName());
        out.printf("  weights      %s%n", String.join(", ", weights));
        out.printf("%s%n  %s%n", completed ? "next:" : "go on with:", next);
    }
}
