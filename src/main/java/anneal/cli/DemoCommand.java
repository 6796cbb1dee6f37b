package anneal.cli;

import anneal.data.Datasets;
import anneal.io.DataException;
import anneal.io.Json;
import anneal.io.Png;
import anneal.sample.DiffusionModel;
import anneal.sample.ImageClassifier;
import anneal.sample.ModelCatalog;
import anneal.tensor.Device;
import anneal.train.Presets;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code anneal demo}: everything once, in minutes. */
@Command(
        name = "demo",
        header = "Train a small model and a classifier, and show what guidance does, in a few minutes.",
        description = {
            "",
            "Trains on the 10,000 embedded pictures of garments, first a class-conditional diffusion model, then a "
                + "classifier of noised images, and samples all ten classes from the same noise without guidance, "
                + "guided "
                + "by the classifier, and guided classifier-free. The number of training steps is chosen so that it "
                + "all "
                + "fits the time."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  anneal demo",
            "  anneal demo --minutes 30 --out runs/long-demo"
        })
final class DemoCommand implements Callable<Integer> {

    private static final double MODEL_SHARE = 0.66;
    private static final double CLASSIFIER_SHARE = 0.12;
    private static final double MEASURE_SHARE = 0.04;
    private static final double MOST_MEASURING_SECONDS = 15;
    private static final DemoSheet SHEET = new DemoSheet(3, 25, 4, 3, 7);

    @Spec
    private CommandSpec spec;

    @Option(names = "--minutes", paramLabel = "M", defaultValue = "4",
            description = "Time for all of it (default: ${DEFAULT-VALUE}).")
    private double minutes;

    @Option(names = "--out", paramLabel = "FOLDER", defaultValue = "runs/demo",
            description = "Where everything goes (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--json", description = "Print the summary as JSON.")
    private boolean json;

    @Mixin
    private DeviceOption device;

    /** What {@code --json} prints. */
    record Summary(String picture, String model, int modelSteps, String classifier, int classifierSteps,
                   double seconds, @JsonUnwrapped PeakMemory peak) {
    }

    @Override
    public Integer call() throws IOException {
        if (!(minutes > 0 && minutes <= 24 * 60)) {
            throw new IllegalArgumentException("--minutes must be more than 0 and at most a day, got " + minutes);
        }
        for (var folder : new Path[] {model(), classifier()}) {
            if (Files.exists(folder.resolve("config.json"))) {
                throw DataException.in(folder, "is there from an earlier demo; remove it, or choose another --out");
            }
        }
        var err = spec.commandLine().getErr();
        try (var on = device.open();
                var stop = Interruption.listen(() -> err.println("\nstopping; Ctrl-C again stops at once"))) {
            try {
                return run(on, stop, err);
            } catch (CancellationException e) {
                err.println("stopped; what was trained is in " + out);
                err.flush();
                return stop.exitCode();
            }
        }
    }

    private Path model() {
        return out.resolve("model");
    }

    private Path classifier() {
        return out.resolve("classifier");
    }

    private int run(Device on, Interruption stop, PrintWriter err) throws IOException {
        long begin = System.nanoTime();
        double seconds = 60 * minutes;
        double measure = Math.min(MOST_MEASURING_SECONDS, MEASURE_SHARE * seconds);
        var recipe = Presets.demoDiffusion(1);
        var data = Datasets.open(recipe.data(), recipe.imageSize(), recipe.imageChannels());
        say(err, data.description());
        say(err, "1 of 3: a diffusion model, about %s".formatted(Figures.duration(MODEL_SHARE * seconds + measure)));
        var training = new DemoTraining(on, data, err);
        int modelSteps = training.train("model", Presets::demoDiffusion, model(), measure, MODEL_SHARE * seconds, stop);
        checkStop(stop);
        say(err, "2 of 3: a classifier of noised images, about %s"
                .formatted(Figures.duration(CLASSIFIER_SHARE * seconds + measure / 2)));
        int classifierSteps = training.train("classifier", Presets::demoClassifier, classifier(), measure / 2,
                CLASSIFIER_SHARE * seconds, stop);
        checkStop(stop);
        say(err, "3 of 3: samples of all classes, with and without guidance");
        var picture = sample(on, stop, err);
        summarise(new Summary(picture.toString(), model().toString(), modelSteps, classifier().toString(),
                classifierSteps, (System.nanoTime() - begin) * 1e-9, PeakMemory.of(on)));
        return 0;
    }

    private static void checkStop(Interruption stop) {
        if (stop.requested()) {
            throw new CancellationException();
        }
    }

    private static void say(PrintWriter err, String line) {
        err.println(line);
        err.flush();
    }

    /** What was sampled, for the record beside the picture. */
    record SheetRecord(RunRecord run, String model, String classifier, List<DemoSheet.Kind> rows) {
    }

    private Path sample(Device on, Interruption stop, PrintWriter err) throws IOException {
        var picture = out.resolve("samples.png");
        var modelFile = ModelCatalog.shipped().find(model().toString());
        var classifierFile = ModelCatalog.shipped().find(classifier().toString());
        try (var opened = DiffusionModel.open(modelFile, on);
                var guide = ImageClassifier.open(classifierFile, on);
                var progress = Progress.start("samples", 0, SHEET.total(opened.model()), err)) {
            var sheet = SHEET.draw(on, opened.model(), guide, progress, stop);
            var words = spec.root().commandLine().getParseResult().originalArgs();
            var kinds = SHEET.kinds(opened.model());
            var record = new SheetRecord(RunRecord.of(on, SHEET.seed(), words), modelFile.toString(),
                    classifierFile.toString(), kinds);
            var text = new LinkedHashMap<String, String>();
            text.put("Software", "Anneal " + record.run.version() + " (commit " + record.run.commit() + ")");
            text.put("anneal.rows", Json.write(kinds));
            Png.write(picture, sheet, text);
            RunRecord.write(out.resolve("samples.png.json"), record);
        }
        return picture;
    }

    private void summarise(Summary s) {
        var to = spec.commandLine().getOut();
        if (json) {
            to.println(Json.write(s));
        } else {
            print(to, s);
        }
        to.flush();
    }

    private void print(PrintWriter to, Summary s) {
        to.printf("done in %s: %s%n", Figures.duration(s.seconds), s.picture);
        to.printf("  model       %s, %s steps, previews in %s%n", s.model, Figures.count(s.modelSteps),
                model().resolve("previews"));
        to.printf("  classifier  %s, %s steps%n", s.classifier, Figures.count(s.classifierSteps));
        to.printf("  peak memory %s%n", s.peak);
        to.println("try next:");
        to.printf("  %s sample --model %s --classifier %s --labels Sneaker,Dress --guidance 8%n", Main.program(),
                s.model, s.classifier);
        to.printf("  %s sample --model %s --labels 0-9 --cfg-scale 2 --sampler ddpm%n", Main.program(), s.model);
        to.printf("  %s train --preset fashion --out runs/fashion   # hours, and much better pictures%n",
                Main.program());
    }
}
