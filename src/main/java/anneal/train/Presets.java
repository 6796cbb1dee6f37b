package anneal.train;

import anneal.diffusion.BetaSchedule;
import anneal.diffusion.DiffusionConfig;
import anneal.diffusion.LossType;
import anneal.diffusion.MeanType;
import anneal.diffusion.VarianceType;
import anneal.model.ClassifierConfig;
import anneal.model.Pooling;
import anneal.model.TrunkConfig;
import anneal.model.UNetConfig;
import java.util.List;

/** Recipes that are known to work, by name. */
public final class Presets {
    /** Names of {@link #diffusion}. */
    public static final List<String> NAMES = List.of("fashion", "mnist", "tiny");
    /** Names of {@link #classifier}. */
    public static final List<String> CLASSIFIER_NAMES = List.of("fashion", "mnist", "tiny", "fashion-judge");

    private static final int CLASSES = 10;
    private static final int DIFFUSION_STEPS = 1000;

    private Presets() {
    }

    /**
     * A class-conditional diffusion model with a null class, learned variance and hybrid loss.
     *
     * @throws IllegalArgumentException for an unknown name
     */
    public static TrainingConfig diffusion(String name) {
        return switch (name) {
            case "fashion" -> diffusion("fashion", fashionTrunk(), optimization(20_000, 64, 1e-3, false));
            case "mnist" -> diffusion("mnist", fashionTrunk(), optimization(20_000, 64, 1e-3, false));
            case "tiny" -> diffusion("fashion-embedded", tinyTrunk(), optimization(2_000, 32, 2e-3, false));
            default -> throw unknown(name, NAMES);
        };
    }

    /**
     * A classifier of noised images, for the guidance of the model of the same name; or the judge of clean ones.
     *
     * @throws IllegalArgumentException for an unknown name
     */
    public static TrainingConfig classifier(String name) {
        return switch (name) {
            case "fashion" -> classifier("fashion", classifierTrunk(32), optimization(6_000, 64, 1e-3, false));
            case "mnist" -> classifier("mnist", classifierTrunk(32), optimization(6_000, 64, 1e-3, false));
            case "tiny" -> classifier("fashion-embedded", classifierTrunk(32), optimization(700, 32, 2e-3, false));
            case "fashion-judge" -> judge("fashion");
            default -> throw unknown(name, CLASSIFIER_NAMES);
        };
    }

    /**
     * The diffusion model of {@code anneal demo}: the tiny preset's network, predicting v, since an epsilon that is not
     * yet learned well leaves grain all over the picture, and with fixed variances. The learning rate falls to 0 within
     * the given steps, and the average is as long as so few steps allow.
     */
    public static TrainingConfig demoDiffusion(int steps) {
        var tiny = diffusion("tiny");
        var unet = new UNetConfig(tiny.unet().trunk(), 1, false, -1, CLASSES, true);
        var process = new DiffusionConfig(tiny.diffusion().schedule(), DIFFUSION_STEPS, "", MeanType.V,
                VarianceType.FIXED_SMALL, LossType.MSE, false);
        return within(steps, new TrainingConfig(tiny.data(), unet, null, null, process, tiny.labelDropout(),
                tiny.optimization()));
    }

    /** The classifier of {@code anneal demo}. */
    public static TrainingConfig demoClassifier(int steps) {
        return within(steps, classifier("tiny"));
    }

    private static TrainingConfig within(int steps, TrainingConfig config) {
        var o = config.optimization();
        // An average over the last twentieth: the start is forgotten, and the end of the annealing is smoothed.
        double rate = Math.round(1000 * Math.clamp(1 - 20.0 / Math.max(1, steps), 0.9, 0.999)) / 1000.0;
        return config.withOptimization(new OptimizationConfig(steps, o.batch(), o.microbatch(), o.learningRate(),
                o.weightDecay(), Math.min(o.warmupSteps(), steps / 10), steps, List.of(rate), null, o.maxGradientNorm(),
                o.timestepSampler(), o.flip(), o.seed()));
    }

    private static IllegalArgumentException unknown(String name, List<String> names) {
        return new IllegalArgumentException("no preset is called '" + name + "': use one of "
                + String.join(", ", names));
    }

    private static TrainingConfig diffusion(String data, TrunkConfig trunk, OptimizationConfig optimization) {
        var unet = new UNetConfig(trunk, 1, true, -1, CLASSES, true);
        return new TrainingConfig(data, unet, null, null, process(VarianceType.LEARNED_RANGE), 0.1, optimization);
    }

    private static TrainingConfig classifier(String data, TrunkConfig trunk, OptimizationConfig optimization) {
        var classifier = new ClassifierConfig(trunk, CLASSES, Pooling.ATTENTION);
        return new TrainingConfig(data, null, classifier, null, process(VarianceType.LEARNED_RANGE), 0, optimization);
    }

    /**
     * As unlike the noisy classifier as the networks here allow, so that what fools one need not fool the other:
     * another seed, mean pooling, strided convolutions between the resolutions, an added embedding, dropout, moved
     * images.
     */
    private static TrainingConfig judge(String data) {
        var trunk = TrunkConfig.builder(28, 1, 32).channelMult(1, 2, 2).numResBlocks(1).numHeads(2).dropout(0.1)
                .build();
        var classifier = new ClassifierConfig(trunk, CLASSES, Pooling.MEAN);
        int steps = 12_000;
        var optimization = new OptimizationConfig(steps, 32, 0, 2e-3, 0.05, 200, steps, List.of(0.99), 1.0, "uniform",
                false, 1_000_003);
        return new TrainingConfig(data, null, classifier, new CleanImages(1), null, 0, optimization);
    }

    /**
     * Improved DDPM's cosine schedule, hybrid loss and learned range of variances; the network predicts v, whose error
     * is as small at the noisy end as at the other.
     */
    private static DiffusionConfig process(VarianceType variance) {
        return new DiffusionConfig(BetaSchedule.named("cosine"), DIFFUSION_STEPS, "", MeanType.V, variance,
                LossType.RESCALED_MSE, false);
    }

    private static OptimizationConfig optimization(int steps, int batch, double learningRate, boolean flip) {
        int warmup = Math.min(200, steps / 10);
        return new OptimizationConfig(steps, batch, 0, learningRate, 0.0, warmup, 0, List.of(0.99, 0.999), 1.0,
                "uniform", flip, 0);
    }

    /** 1.37 million parameters in the UNet, at 28, 14 and 7 pixels. */
    private static TrunkConfig fashionTrunk() {
        return TrunkConfig.builder(28, 1, 32).channelMult(1, 2, 2).numResBlocks(1).attentionAtPixels(7)
                .numHeadChannels(32).resblockUpdown(true).useScaleShiftNorm(true).build();
    }

    /** Small enough to show something within minutes. */
    private static TrunkConfig tinyTrunk() {
        return TrunkConfig.builder(28, 1, 32).channelMult(1, 1, 2).numResBlocks(1).attentionAtPixels(7)
                .numHeadChannels(32).resblockUpdown(true).useScaleShiftNorm(true).build();
    }

    private static TrunkConfig classifierTrunk(int channels) {
        return TrunkConfig.builder(28, 1, channels).channelMult(1, 2, 2).numResBlocks(1).attentionAtPixels(7)
                .numHeadChannels(32).resblockUpdown(true).useScaleShiftNorm(true).build();
    }
}
