package anneal.cli;

import anneal.data.ImageDataset;
import anneal.io.DataException;
import anneal.model.TrunkConfig;
import anneal.model.UNetConfig;
import anneal.train.Presets;
import anneal.train.TrainingConfig;
import java.nio.file.Path;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code anneal train}: a diffusion model. */
@Command(
        name = "train",
        customSynopsis = "anneal train --out FOLDER [--preset NAME] [OPTION...]",
        header = "Train a diffusion model.",
        description = {
            "",
            "Starts from a preset and lays the options over it. Everything goes into the run directory: config, logs "
                + "(JSON lines and CSV), weights and their averages, previews, and checkpoints from which --resume "
                + "goes "
                + "on bit for bit. Ctrl-C saves and stops."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  anneal train --preset fashion --out runs/fashion --steps 20000 --batch 64 --seed 3",
            "  anneal train --out runs/fashion --steps 40000 --resume",
            "  anneal train --data my-pictures --image-size 32 --channels 3 --out runs/mine"
        })
final class TrainCommand extends TrainingCommand {

    @Option(names = "--class-cond", negatable = true,
            description = "Tell the network the class (default: if the preset does and the data has classes).")
    private Boolean classConditional;

    @Option(names = "--label-dropout", paramLabel = "P",
            description = "Replace the class by none with this probability, so that classifier-free guidance works "
                    + "(default: the preset's).")
    private Double labelDropout;

    @Override
    TrainingConfig preset(String name) {
        return Presets.diffusion(name);
    }

    @Override
    String task() {
        return "train";
    }

    @Override
    TrunkConfig trunkOf(TrainingConfig config) {
        return unet(config).trunk();
    }

    private static UNetConfig unet(TrainingConfig config) {
        if (config.unet() == null) {
            throw new IllegalArgumentException("this run trains a classifier; go on with it by train-classifier");
        }
        return config.unet();
    }

    @Override
    TrainingConfig fit(TrainingConfig base, ImageDataset set) {
        var was = unet(base);
        boolean told = Objects.requireNonNullElse(classConditional, was.numClasses() > 0 && set.classes() > 0);
        if (told && set.classes() == 0) {
            throw new IllegalArgumentException("--class-cond needs data with classes: " + set.description());
        }
        double dropped = Objects.requireNonNullElse(labelDropout, told ? base.labelDropout() : 0.0);
        boolean none = told && (dropped > 0 || labelDropout == null && was.nullClass());
        var process = process().over(base.diffusion());
        var trunk = trunk().over(was.trunk());
        var unet = new UNetConfig(trunk, trunk.inChannels(), process.varianceType().isLearned(), was.numHeadsUpsample(),
                told ? set.classes() : 0, none);
        return new TrainingConfig(base.data(), unet, null, null, process, dropped, base.optimization());
    }

    @Override
    String next(Path run) {
        return Main.program() + " sample --model " + run + " --count 64 --out samples.png";
    }
}
