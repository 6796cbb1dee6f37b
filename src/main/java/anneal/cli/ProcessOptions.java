package anneal.cli;

import anneal.diffusion.BetaSchedule;
import anneal.diffusion.DiffusionConfig;
import anneal.diffusion.LossType;
import anneal.diffusion.MeanType;
import anneal.diffusion.VarianceType;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The diffusion process; what is not given stays as the preset, or the run that is resumed, has it. */
final class ProcessOptions {

    @Option(names = "--noise-schedule", paramLabel = "NAME",
            description = "linear (DDPM's) or cosine (Improved DDPM's).")
    private String schedule;

    @Option(names = "--diffusion-steps", paramLabel = "T", description = "Length of the process.")
    private Integer steps;

    @Option(names = "--predict", paramLabel = "WHAT",
            description = "What the network predicts: epsilon, x-start, previous-x or v.")
    private MeanType meanType;

    @Option(names = "--variance", paramLabel = "WHAT",
            description = "Where the sampling variance comes from: fixed-small, fixed-large, learned or learned-range.")
    private VarianceType variance;

    @Option(names = "--learn-sigma", negatable = true,
            description = "Short for --variance learned-range; --no-learn-sigma for fixed-small.")
    private Boolean learnSigma;

    @Option(names = "--loss", paramLabel = "WHAT",
            description = "mse (with a learned variance: hybrid), rescaled-mse, kl or rescaled-kl (the bound).")
    private LossType loss;

    /**
     * @param base null for a restorer and for a classifier of clean images, which have no process
     * @throws IllegalArgumentException in one line, if the parts do not fit together
     */
    DiffusionConfig over(DiffusionConfig base) {
        if (base == null) {
            boolean given = Stream.of(schedule, steps, meanType, variance, learnSigma, loss).anyMatch(Objects::nonNull);
            if (given) {
                throw new IllegalArgumentException(
                        "a restorer, or a classifier of clean images, has no diffusion process to set options of");
            }
            return null;
        }
        return new DiffusionConfig(
                schedule == null ? base.schedule() : BetaSchedule.named(schedule),
                Objects.requireNonNullElse(steps, base.steps()),
                base.respacing(),
                Objects.requireNonNullElse(meanType, base.meanType()),
                varianceOver(base.varianceType()),
                Objects.requireNonNullElse(loss, base.lossType()),
                base.rescaleTimesteps());
    }

    private VarianceType varianceOver(VarianceType base) {
        if (variance != null && learnSigma != null && variance.isLearned() != learnSigma) {
            throw new IllegalArgumentException("--variance " + variance + " and --learn-sigma contradict each other");
        }
        if (variance != null || learnSigma == null) {
            return Objects.requireNonNullElse(variance, base);
        }
        return learnSigma ? VarianceType.LEARNED_RANGE : VarianceType.FIXED_SMALL;
    }
}
