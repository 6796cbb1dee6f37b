package anneal.cli;

import anneal.data.ImageDataset;
import anneal.model.ClassifierConfig;
import anneal.model.Pooling;
import anneal.train.Presets;
import anneal.train.TrainingConfig;
import java.nio.file.Path;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code anneal train-classifier}: a classifier of noised images, for guidance. */
@Command(
        name = "train-classifier",
        customSynopsis = "anneal train-classifier --out FOLDER [--preset NAME] [OPTION...]",
        header = "Train a classifier: on noised images to guide a diffusion model, or on clean ones to judge it.",
        description = {
            "",
            "The classifier sees images with as much noise as the diffusion model does, so preset, images and "
                + "diffusion "
                + "process must be the model's. The preset fashion-judge sees clean images instead, moved a "
                + "little: it "
                + "is for evaluate and study, not for guidance. Run directory, --resume and Ctrl-C are as for train."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  anneal train-classifier --preset fashion --out runs/fashion-classifier",
            "  anneal train-classifier --preset fashion-judge --out runs/fashion-judge",
            "  anneal sample --model runs/fashion --classifier runs/fashion-classifier --labels 0-9 --guidance 4"
        })
final class TrainClassifierCommand extends TrainingCommand {

    @Option(names = "--pool", paramLabel = "NAME",
            description = "How feature maps become one vector: adaptive, attention, spatial, spatial-v2 or mean "
                    + "(default: the preset's).")
    private Pooling pool;

    private boolean judges;

    @Override
    TrainingConfig preset(String name) {
        return Presets.classifier(name);
    }

    @Override
    String task() {
        return "train classifier";
    }

    @Override
    void check(TrainingConfig config) {
        classifier(config);
    }

    private static ClassifierConfig classifier(TrainingConfig config) {
        if (config.classifier() == null) {
            throw new IllegalArgumentException("this run trains a %s; go on with it by train".formatted(
                    config.restorer() == null ? "diffusion model" : "restorer"));
        }
        return config.classifier();
    }

    @Override
    TrainingConfig fit(TrainingConfig base, ImageDataset set) {
        if (set.classes() == 0) {
            throw new IllegalArgumentException("a classifier needs data with classes: " + set.description());
        }
        var was = classifier(base);
        judges = base.clean() != null;
        var fitted = new ClassifierConfig(trunk().over(was.trunk()), set.classes(),
                Objects.requireNonNullElse(pool, was.pool()));
        return new TrainingConfig(base.data(), null, fitted, base.clean(), process().over(base.diffusion()), 0,
                base.optimization());
    }

    @Override
    String next(Path run) {
        if (judges) {
            return Main.program() + " evaluate --model " + run;
        }
        return Main.program() + " sample --model RUN --classifier " + run + " --labels 0-"
                + "9 --guidance 4 --out guided.png";
    }
}
