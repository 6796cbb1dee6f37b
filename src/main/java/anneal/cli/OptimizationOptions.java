package anneal.cli;

import anneal.diffusion.TimestepSampler;
import anneal.train.OptimizationConfig;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Option;

/** How a model is optimised; what is not given stays as the preset, or the run that is resumed, has it. */
final class OptimizationOptions {

    @Option(names = "--steps", paramLabel = "N", description = "Optimiser steps in all. A resumed run may get more.")
    private Integer steps;

    @Option(names = "--batch", paramLabel = "N", description = "Images a step.")
    private Integer batch;

    @Option(names = "--microbatch", paramLabel = "N",
            description = "Images that go through the network at once, to save memory; 0 for the whole batch.")
    private Integer microbatch;

    @Option(names = "--lr", paramLabel = "RATE", description = "AdamW's learning rate.")
    private Double learningRate;

    @Option(names = "--weight-decay", paramLabel = "X", description = "AdamW's weight decay.")
    private Double weightDecay;

    @Option(names = "--warmup", paramLabel = "N", description = "Steps over which the learning rate rises.")
    private Integer warmup;

    @Option(names = "--anneal", paramLabel = "N",
            description = "Steps over which it then falls to 0; 0 keeps it constant.")
    private Integer anneal;

    @Option(names = "--ema", paramLabel = "RATE", split = ",",
            description = "Exponential moving averages of the weights to keep, as in 0.999,0.9999.")
    private List<Double> emaRates;

    @Option(names = "--clip-grad", paramLabel = "NORM", description = "Longest gradient; 0 for no limit.")
    private Double clipGrad;

    @Option(names = "--schedule-sampler", paramLabel = "NAME",
            description = "How timesteps are drawn: uniform or loss-second-moment.")
    private String timestepSampler;

    @Option(names = "--flip", negatable = true, description = "Mirror images left-right at random.")
    private Boolean flip;

    @Option(names = "--seed", paramLabel = "N", description = "Of start values, order, timesteps and noise.")
    private Long seed;

    /** @throws IllegalArgumentException in one line, if a number is out of range */
    OptimizationConfig over(OptimizationConfig base) {
        if (timestepSampler != null) {
            // A wrong name is refused here, before a run directory is made.
            TimestepSampler.named(timestepSampler, 1);
        }
        return new OptimizationConfig(
                Objects.requireNonNullElse(steps, base.steps()),
                Objects.requireNonNullElse(batch, base.batch()),
                Objects.requireNonNullElse(microbatch, base.microbatch()),
                Objects.requireNonNullElse(learningRate, base.learningRate()),
                Objects.requireNonNullElse(weightDecay, base.weightDecay()),
                Objects.requireNonNullElse(warmup, base.warmupSteps()),
                Objects.requireNonNullElse(anneal, base.annealSteps()),
                emaRates == null ? base.emaRates() : emaRates,
                base.emaStart(),
                Objects.requireNonNullElse(clipGrad, base.maxGradientNorm()),
                Objects.requireNonNullElse(timestepSampler, base.timestepSampler()),
                Objects.requireNonNullElse(flip, base.flip()),
                Objects.requireNonNullElse(seed, base.seed()));
    }
}
