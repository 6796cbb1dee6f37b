package anneal.cli;

import anneal.data.Datasets;
import anneal.data.ImageDataset;
import anneal.diffusion.cold.ColdConfig;
import anneal.diffusion.cold.ColdPresets;
import anneal.diffusion.cold.RestorationLoss;
import anneal.model.UNetConfig;
import anneal.train.ColdRecipes;
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
    private static final String MIX = "mix";
    private static final int MIX_STEPS = 200;

    @Option(names = "--class-cond", negatable = true,
            description = "Tell the network the class (default: if the preset does and the data has classes).")
    private Boolean classConditional;

    @Option(names = "--label-dropout", paramLabel = "P",
            description = "Replace the class by none with this probability, so that classifier-free guidance works "
                    + "(default: the preset's).")
    private Double labelDropout;

    @Option(names = "--cold", paramLabel = "DEGRADATION",
            description = "Train a network that restores degraded images (Cold Diffusion) instead: blur, mask, "
                    + "resolution, snow, colour, noise, mix, or for generation blur-to-mean or colour-mask, with the paper's "
                    + "settings for the preset's images; or the name of a class of your own. Presets: fashion, mnist, cifar10, tiny, and with the authors' "
                    + "networks and optimiser mnist-published, cifar10-published, celeba-published.")
    private String cold;

    @Option(names = "--cold-with", paramLabel = "SET",
            description = "The images that --cold mix turns the others into (animorphosis), as for --data.")
    private String coldWith;

    @Option(names = "--cold-loss", paramLabel = "l1|l2",
            description = "Distance of a restored image from the clean one (default: l1).")
    private RestorationLoss coldLoss;

    @Option(names = "--cold-path", paramLabel = "PLACE", split = ",",
            description = "Folders or jars that have the class of --cold.")
    private List<Path> coldPath = List.of();

    private boolean restores;

    @Override
    TrainingConfig preset(String name) {
        if (cold == null) {
            return Presets.diffusion(name);
        }
        var own = ownDegradation();
        return own != null ? ColdRecipes.of(own, name) : ColdRecipes.named(cold, name);
    }

    /** A degradation with parts of the user's own; null if it is one of the paper's. */
    private ColdConfig ownDegradation() {
        if (cold.equals(MIX) == (coldWith == null)) {
            throw new IllegalArgumentException("--cold mix needs --cold-with, the other images, and only it does");
        }
        if (coldWith != null) {
            return new ColdConfig.Animorphosis(Datasets.absolute(coldWith), MIX_STEPS);
        }
        return cold.contains(".")
                ? new ColdConfig.OfClass(cold, coldPath.stream().map(p -> p.toAbsolutePath().toString()).toList()) : null;
    }

    @Override
    String task() {
        return "train";
    }

    @Override
    void check(TrainingConfig config) {
        if (config.classifier() != null) {
            throw new IllegalArgumentException("this run trains a classifier; go on with it by train-classifier");
        }
        var begun = config.restorer();
        var own = cold == null ? null : ownDegradation();
        boolean same = begun != null && cold != null
                && (own != null ? own.equals(begun.degradation()) : ColdPresets.isOf(cold, begun.degradation()));
        if (cold != null && !same) {
            throw new IllegalArgumentException("this run was begun "
                    + (begun == null ? "without --cold" : "with another --cold: " + begun.degradation()));
        }
        if (coldLoss != null && begun == null) {
            throw new IllegalArgumentException("--cold-loss is for --cold");
        }
    }

    @Override
    TrainingConfig fit(TrainingConfig base, ImageDataset set) {
        restores = base.restorer() != null;
        if (restores) {
            return restorer(base);
        }
        var was = base.unet();
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

    private TrainingConfig restorer(TrainingConfig base) {
        if (classConditional != null || labelDropout != null) {
            throw new IllegalArgumentException("a restorer is not told classes: leave out --class-cond and"
                    + " --label-dropout");
        }
        process().over(base.diffusion());
        int size = trunk().imageSize(base.imageSize());
        var was = base.restorer();
        return TrainingConfig.of(base.data(), was.withNetwork(size, trunk().over(was.network(), size))
                .withLoss(Objects.requireNonNullElse(coldLoss, was.loss())), base.optimization());
    }

    @Override
    String next(Path run) {
        return Main.program() + (restores ? " restore --model " + run + " --out grid.png"
                : " sample --model " + run + " --count 64 --out samples.png");
    }
}
