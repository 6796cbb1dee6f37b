package anneal.cli;

import anneal.data.Datasets;
import anneal.data.ImageDataset;
import anneal.io.Json;
import anneal.kernel.profile.ProfileReport;
import anneal.sample.ImageClassifier;
import anneal.sample.ModelCatalog;
import anneal.sample.ModelSource;
import anneal.study.ClassifierEvaluation;
import anneal.tensor.Device;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code anneal evaluate}: how often a classifier is right. */
@Command(
        name = "evaluate",
        header = "Measure how often a classifier is right on images it was not trained on.",
        description = {
            "",
            "A classifier of clean images sees them as they are; one of noised images sees them with the noise of "
                + "several timesteps. Fashion-MNIST's 10,000 test images are in Anneal; train on the full set, not on these."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  anneal evaluate --model runs/fashion-judge",
            "  anneal evaluate --model runs/fashion-classifier --count 2000"
        })
final class EvaluateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--model", paramLabel = "RUN|FILE|NAME", required = true,
            description = "A run directory of train-classifier, a file of weights, or the name of a model that comes "
                    + "with Anneal.")
    private String model;

    @Option(names = "--ema", paramLabel = "RATE|none",
            description = "Which average of the run's weights to use (default: the slowest).")
    private String ema;

    @Option(names = "--data", paramLabel = "SET", defaultValue = "fashion-test",
            description = "fashion-test (Fashion-MNIST's 10,000 test images), or what train's --data takes (default: "
                    + "${DEFAULT-VALUE}).")
    private String data;

    @Option(names = "--count", paramLabel = "N", description = "Only the first N images.")
    private Integer count;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
            description = "Of the noise (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private DeviceOption device;

    @Mixin
    private ProfileOption profile;

    private Profiling profiling = Profiling.OFF;

    /** What {@code --json} prints. */
    record Summary(String model, String data, int images, long parameters, boolean clean,
                   List<ClassifierEvaluation.Line> lines, @JsonUnwrapped PeakMemory peak,
                   @JsonInclude(JsonInclude.Include.NON_NULL) ProfileReport profile) {
    }

    @Override
    public Integer call() throws IOException {
        if (count != null && count < 1) {
            throw new IllegalArgumentException("--count must be 1 or more, got " + count);
        }
        var source = ModelCatalog.shipped().find(model, ema);
        profiling = profile.start(device);
        try (var on = device.open(profiling); var classifier = ImageClassifier.open(source, on)) {
            var set = Datasets.open(data, classifier.imageSize(), classifier.channels());
            return evaluate(new ClassifierEvaluation(on, classifier, set), source, on);
        }
    }

    private int evaluate(ClassifierEvaluation evaluation, ModelSource source, Device on) throws IOException {
        var set = evaluation.data();
        int images = count == null ? set.size() : Math.min(count, set.size());
        long total = (long) images * evaluation.timesteps().size();
        List<ClassifierEvaluation.Line> lines;
        try (var progress = Progress.start("evaluate", 0, total, spec.commandLine().getErr());
                var stop = Interruption.listen(() -> progress.say("stopping"))) {
            try {
                lines = evaluation.run(images, seed, done -> {
                    profiling.step(done, total);
                    progress.at(done, "images");
                }, stop::requested);
            } catch (CancellationException e) {
                return stop.exitCode();
            }
        }
        var profiled = profiling.report();
        var classifier = evaluation.classifier();
        print(new Summary(source.name(), set.description(), images, classifier.network().parameterCount(),
                classifier.isForCleanImages(), lines, PeakMemory.of(on), profiled), set);
        return 0;
    }

    private void print(Summary summary, ImageDataset set) {
        var to = spec.commandLine().getOut();
        if (json) {
            to.println(Json.write(summary));
        } else {
            to.printf("%s: %s parameters, %s images of %s%n", summary.model, Figures.large(summary.parameters),
                    Figures.count(summary.images), set.description());
            for (var line : summary.lines) {
                to.printf(Locale.ROOT, "  %-14s %6.2f %% right%n", summary.clean ? "clean" : "noise of t=" + line.t(),
                        100 * line.accuracy());
            }
            if (summary.clean) {
                printClasses(summary.lines.getFirst(), set);
            }
            to.printf("  peak memory    %s%n", summary.peak);
        }
        to.flush();
        profile.print(json ? null : summary.profile, spec.commandLine().getErr());
    }

    private void printClasses(ClassifierEvaluation.Line line, ImageDataset set) {
        for (int c = 0; c < set.classes(); c++) {
            spec.commandLine().getOut().printf(Locale.ROOT, "    %-14s %6.2f %%%n", set.classNames().get(c),
                    100 * line.byClass().get(c));
        }
    }
}
