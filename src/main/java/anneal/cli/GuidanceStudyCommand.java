package anneal.cli;

import anneal.data.Datasets;
import anneal.data.ImageDataset;
import anneal.sample.DiffusionModel;
import anneal.sample.ImageClassifier;
import anneal.sample.ModelCatalog;
import anneal.sample.ModelSource;
import anneal.study.GuidanceStudy;
import anneal.study.StudyCase;
import anneal.study.StudyListener;
import anneal.study.StudyReport;
import anneal.study.StudyResult;
import anneal.study.StudyRow;
import anneal.study.StudySettings;
import anneal.tensor.Device;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code anneal study guidance}: what guidance does, in numbers. */
@Command(
        name = "guidance",
        header = "Measure what guidance does to a model's samples.",
        description = {
            "",
            "Samples with more and more guidance, by a classifier and classifier-free, and lets a judge that had no part "
                + "in it say how many images show the wanted class, how far they are from real ones, and how different "
                + "they are from each other. Rows are printed as they come and kept in a JSON file beside the page; when "
                + "stopped, the same command goes on where it was."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  anneal study guidance",
            "  anneal study guidance --model runs/fashion --classifier runs/fashion-classifier "
                + "--judge runs/fashion-judge --samples 100 --out study.md"
        })
final class GuidanceStudyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--model", paramLabel = "RUN|FILE|NAME", defaultValue = "fashion",
            description = "Trained with a null class (default: ${DEFAULT-VALUE}).")
    private String model;

    @Option(names = "--classifier", paramLabel = "RUN|FILE|NAME", defaultValue = "fashion-classifier",
            description = "Of noised images; guides (default: ${DEFAULT-VALUE}).")
    private String classifier;

    @Option(names = "--judge", paramLabel = "RUN|FILE|NAME", defaultValue = "fashion-judge",
            description = "A classifier of clean images (default: ${DEFAULT-VALUE}).")
    private String judge;

    @Option(names = "--out", paramLabel = "FILE.md", defaultValue = "guidance.md",
            description = "The page; plots and JSON go beside it (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--scales", paramLabel = "S", split = ",", defaultValue = "0,1,2,4,10",
            description = "Of the classifier's gradient (default: ${DEFAULT-VALUE}).")
    private List<Double> scales;

    @Option(names = "--weights", paramLabel = "W", split = ",", defaultValue = "0,0.5,1,2,4",
            description = "Of classifier-free guidance, (1 + w) conditional - w unconditional (default: "
                    + "${DEFAULT-VALUE}).")
    private List<Double> weights;

    @Option(names = "--samples", paramLabel = "N", defaultValue = "500",
            description = "Images of each row with DDIM (default: ${DEFAULT-VALUE}).")
    private int samples;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "25",
            description = "Of DDIM (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--ddpm-samples", paramLabel = "N", defaultValue = "200",
            description = "Images of the two rows with DDPM; 0 leaves them out (default: ${DEFAULT-VALUE}).")
    private int ddpmSamples;

    @Option(names = "--ddpm-steps", paramLabel = "N", defaultValue = "100",
            description = "Of DDPM (default: ${DEFAULT-VALUE}).")
    private int ddpmSteps;

    @Option(names = "--ddpm-scale", paramLabel = "S", defaultValue = "4",
            description = "Of classifier guidance with DDPM (default: ${DEFAULT-VALUE}).")
    private double ddpmScale;

    @Option(names = "--ddpm-weight", paramLabel = "W", defaultValue = "2",
            description = "Of classifier-free guidance with DDPM (default: ${DEFAULT-VALUE}).")
    private double ddpmWeight;

    @Option(names = "--reference", paramLabel = "SET", defaultValue = "fashion",
            description = "Real images that the Fréchet distance is taken to, as for train's --data (default: "
                    + "${DEFAULT-VALUE}, the full training set where it is installed).")
    private String reference;

    @Option(names = "--reference-count", paramLabel = "N", defaultValue = "5000",
            description = "How many of them (default: ${DEFAULT-VALUE}).")
    private int referenceCount;

    @Option(names = "--real", paramLabel = "SET", defaultValue = "fashion-test",
            description = "Real images for the first rows (default: ${DEFAULT-VALUE}).")
    private String real;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
            description = "Of the noise (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "20",
            description = "Images at once (default: ${DEFAULT-VALUE}). The figures do not depend on it.")
    private int batch;

    @Mixin
    private DeviceOption device;

    @Override
    public Integer call() throws IOException {
        var catalog = ModelCatalog.shipped();
        var modelSource = catalog.find(model);
        var classifierSource = catalog.find(classifier);
        var judgeSource = catalog.find(judge);
        try (var on = device.open(); var opened = DiffusionModel.open(modelSource, on);
                var guide = ImageClassifier.open(classifierSource, on);
                var eye = ImageClassifier.open(judgeSource, on)) {
            var compared = open(reference, opened.model());
            var beside = open(real, opened.model());
            var settings = new StudySettings(weightsOf(modelSource), weightsOf(classifierSource),
                    weightsOf(judgeSource), scales, weights, samples, steps, ddpmScale, ddpmWeight, ddpmSamples, ddpmSteps,
                    compared.description(), referenceCount, beside.description(), seed);
            return run(new GuidanceStudy(on, opened.model(), guide, eye, compared, beside, batch), settings, on);
        }
    }

    private static ImageDataset open(String set, DiffusionModel model) throws IOException {
        return Datasets.open(set, model.imageSize(), model.channels());
    }

    private static StudySettings.Weights weightsOf(ModelSource source) throws IOException {
        return new StudySettings.Weights(source.name(), source.digest());
    }

    private int run(GuidanceStudy study, StudySettings settings, Device on) throws IOException {
        var err = spec.commandLine().getErr();
        var record = RunRecord.of(on, seed, spec.root().commandLine().getParseResult().originalArgs());
        var file = out.resolveSibling(out.getFileName().toString().replaceFirst("\\.md$", "") + ".json");
        var found = StudyResult.read(file);
        if (found.isPresent() && !found.get().settings().equals(settings)) {
            err.println(file + " has the results of other settings; starting afresh");
        }
        var before = found.filter(r -> r.settings().equals(settings))
                .orElseGet(() -> new StudyResult(settings, new JsonMapper().valueToTree(record), List.of()));
        var shown = new Shown();
        StudyResult result;
        try (var progress = Progress.start("study", 0, total(settings), err);
                var stop = Interruption.listen(() -> progress.say("stopping; the rows so far are in " + file))) {
            shown.progress = progress;
            try {
                result = study.run(before, file, shown, stop::requested);
            } catch (CancellationException e) {
                return stop.exitCode();
            }
        }
        var madeBy = "Anneal %s, commit %s, %s, %s, %s; `anneal %s`.".formatted(record.version(), record.commit(),
                record.java(), record.device(), record.began(), String.join(" ", record.command()));
        var to = spec.commandLine().getOut();
        new StudyReport(result, madeBy).write(out).forEach(to::println);
        to.println(file);
        to.printf("peak memory %s%n", PeakMemory.of(on));
        to.flush();
        return 0;
    }

    private static long total(StudySettings settings) {
        return settings.cases().stream().mapToLong(c -> (long) c.steps() * c.images()).sum();
    }

    /** Prints every row when it comes. */
    private static final class Shown implements StudyListener {

        private Progress progress;

        @Override
        public void progress(StudyCase setting, long done, long total) {
            progress.at(done, setting.toString());
        }

        @Override
        public void row(StudyRow row, boolean kept) {
            progress.say(String.format(Locale.ROOT, "%s: wanted class %.1f %%, Frechet distance %.3f, distance within a "
                    + "class %.4f%s", row.setting(), 100 * row.wantedShare(), row.frechetDistance(), row.pairwiseDistance(),
                    kept ? " (from before)" : ""));
        }
    }
}
