package anneal.cli;

import anneal.data.ImageDataset;
import anneal.diffusion.cold.ColdConfig;
import anneal.diffusion.cold.ColdPresets;
import anneal.io.DataException;
import anneal.model.TrunkConfig;
import anneal.model.UNetConfig;
import anneal.train.Presets;
import anneal.train.TrainingConfig;
import java.nio.file.Path;
import java.util.List;
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
            "  anneal train --data my-pictures --image-size 32 --channels 3 --out runs/mine",
            "  anneal train --cold blur --preset mnist --out runs/deblur"
        })
final class TrainCommand extends TrainingCommand {

    @Option(names = "--class-cond", negatable = true,
            description = "Tell the network the class (default: if the preset does and the data has classes).")
    private Boolean classConditional;

    @Option(names = "--label-dropout", paramLabel = "P",
            description = "Replace the class by none with this probability, so that classifier-free guidance works "
                    + "(default: the preset's).")
    private Double labelDropout;

    @Option(names = "--cold", paramLabel = "DEGRADATION",
            description = "Train a network that restores degraded images (Cold Diffusion) instead: blur, mask, "
                    + "resolution or snow with the paper's settings for MNIST, or the name of a class of your own.")
    private String cold;

    @Option(names = "--cold-path", paramLabel = "PLACE", split = ",",
            description = "Folders or jars that have the class of --cold.")
    private List<Path> coldPath = List.of();

    private boolean restores;

    @Override
    TrainingConfig preset(String name) {
        return cold == null ? Presets.diffusion(name) : Presets.cold(degradation(), name);
    }

    private ColdConfig degradation() {
        return cold.contains(".")
                ? new ColdConfig.OfClass(cold, coldPath.stream().map(p -> p.toAbsolutePath().toString()).toList())
                : ColdPresets.named(cold, "mnist");
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
        if (cold != null && !degradation().equals(base.cold())) {
            throw new IllegalArgumentException("this run was begun "
                    + (base.cold() == null ? "without --cold" : "with another --cold: " + base.cold()));
        }
        restores = base.cold() != null;
        if (restores) {
            return restorer(base, was);
        }
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

    private TrainingConfig restorer(TrainingConfig base, UNetConfig was) {
        if (classConditional != null || labelDropout != null) {
            throw new IllegalArgumentException("a restorer is not told classes: leave out --class-cond and"
                    + " --label-dropout");
        }
        var trunk = trunk().over(was.trunk());
        var unet = new UNetConfig(trunk, trunk.inChannels(), false, was.numHeadsUpsample(), 0, false);
        return new TrainingConfig(base.data(), unet, null, null, base.cold(), process().over(base.diffusion()), 0,
                base.optimization());
    }

    @Override
    String next(Path run) {
        return Main.program() + (restores ? " restore --model " + run + " --out grid.png"
                : " sample --model " + run + " --count 64 --out samples.png");
    }
}
