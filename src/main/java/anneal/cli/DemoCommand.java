package anneal.cli;

import anneal.data.Datasets;
import anneal.io.DataException;
import anneal.io.Json;
import anneal.sample.ModelCatalog;
import anneal.tensor.Device;
import anneal.train.Presets;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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
        header = "Sample the models that come with Anneal, then train small ones, in a few minutes.",
        description = {
            "",
            "Samples all ten classes of garments from the same noise without guidance, guided by a classifier, and "
                + "guided classifier-free: first from the models that come with Anneal, within seconds, then from its "
                + "own. Those are trained on the 10,000 embedded pictures, first a class-conditional diffusion model, "
                + "then a classifier of noised images, in as many steps as fit the time."
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
    private static final String SHIPPED_MODEL = "fashion";
    private static final String SHIPPED_CLASSIFIER = "fashion-classifier";
    private static final DemoSheet SHEET = new DemoSheet(3, 25, 4, 3, 7);

    @Spec
    private CommandSpec spec;

    @Option(names = "--minutes", paramLabel = "M", defaultValue = "4",
            description = "Time for training and what follows it (default: ${DEFAULT-VALUE}).")
    private double minutes;

    @Option(names = "--out", paramLabel = "FOLDER", defaultValue = "runs/demo",
            description = "Where everything goes (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--json", description = "Print the summary as JSON.")
    private boolean json;

    @Mixin
    private DeviceOption device;

    /** What {@code --json} prints. */
    record Summary(String shipped, String picture, String model, int modelSteps, String classifier, int classifierSteps,
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
        var words = spec.root().commandLine().getParseResult().originalArgs();
        var pictures = new DemoPicture(SHEET, on, words, stop, err);
        var shipped = shipped(pictures, err);
        var recipe = Presets.demoDiffusion(1);
        var data = Datasets.open(recipe.data(), recipe.imageSize(), recipe.imageChannels());
        say(err, data.description());
        say(err, "2 of 4: a diffusion model, about %s".formatted(Figures.duration(MODEL_SHARE * seconds + measure)));
        var training = new DemoTraining(on, data, err);
        int modelSteps = training.train("model", Presets::demoDiffusion, model(), measure, MODEL_SHARE * seconds, stop);
        checkStop(stop);
        say(err, "3 of 4: a classifier of noised images, about %s"
                .formatted(Figures.duration(CLASSIFIER_SHARE * seconds + measure / 2)));
        int classifierSteps = training.train("classifier", Presets::demoClassifier, classifier(), measure / 2,
                CLASSIFIER_SHARE * seconds, stop);
        checkStop(stop);
        say(err, "4 of 4: samples of all classes from these");
        var picture = out.resolve("samples.png");
        var catalog = ModelCatalog.shipped();
        pictures.write(catalog.find(model().toString()), catalog.find(classifier().toString()), picture);
        summarise(new Summary(shipped == null ? null : shipped.toString(), picture.toString(), model().toString(),
                modelSteps, classifier().toString(), classifierSteps, (System.nanoTime() - begin) * 1e-9,
                PeakMemory.of(on)));
        return 0;
    }

    /** The sheet of the models in the jar; null if this build carries none. */
    private Path shipped(DemoPicture pictures, PrintWriter err) throws IOException {
        var catalog = ModelCatalog.shipped();
        if (!catalog.names().containsAll(List.of(SHIPPED_MODEL, SHIPPED_CLASSIFIER))) {
            say(err, "1 of 4: left out, for this build carries no trained models");
            return null;
        }
        say(err, "1 of 4: samples of the models that come with Anneal");
        var picture = out.resolve("shipped.png");
        pictures.write(catalog.named(SHIPPED_MODEL), catalog.named(SHIPPED_CLASSIFIER), picture);
        say(err, "        " + picture);
        return picture;
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
        if (s.shipped != null) {
            to.printf("  beside it   %s, sampled from the models that come with Anneal%n", s.shipped);
        }
        to.printf("  model       %s, %s steps, previews in %s%n", s.model, Figures.count(s.modelSteps),
                model().resolve("previews"));
        to.printf("  classifier  %s, %s steps%n", s.classifier, Figures.count(s.classifierSteps));
        to.printf("  peak memory %s%n", s.peak);
        to.println("try next:");
        String model = s.shipped == null ? s.model : SHIPPED_MODEL;
        String classifier = s.shipped == null ? s.classifier : SHIPPED_CLASSIFIER;
        to.printf("  %s sample --model %s --classifier %s --labels Sneaker,Dress --guidance 8%n", Main.program(), model,
                classifier);
        to.printf("  %s sample --model %s --labels 0-9 --cfg-scale 2 --sampler ddpm%n", Main.program(), model);
        to.printf("  %s train --preset fashion --out runs/fashion   # an hour, and much better pictures than these%n",
                Main.program());
    }
}
