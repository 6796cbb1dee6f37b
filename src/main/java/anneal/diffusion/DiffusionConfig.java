package anneal.diffusion;

import java.util.Objects;

/**
 * Everything that fixes a Gaussian diffusion process and how a network is trained on it; travels with the weights as
 * JSON. Construction fails with one line when the parts do not fit.
 *
 * @param schedule         variances of the forward process
 * @param steps            its length T
 * @param respacing        timesteps kept, as {@link SpacedTimesteps#select(int, String)} reads them; empty keeps all
 * @param meanType         what the network predicts
 * @param varianceType     where the sampling variance comes from
 * @param lossType         what training minimises
 * @param rescaleTimesteps whether the network sees timesteps scaled to 0 .. 1000
 */
public record DiffusionConfig(
        BetaSchedule schedule,
        int steps,
        String respacing,
        MeanType meanType,
        VarianceType varianceType,
        LossType lossType,
        boolean rescaleTimesteps) {

    public DiffusionConfig {
        if (schedule == null) {
            throw new IllegalArgumentException(
                    "a diffusion config needs a schedule, such as {\"name\": \"ddpm_linear\"}");
        }
        respacing = respacing == null ? "" : respacing.strip();
        meanType = Objects.requireNonNullElse(meanType, MeanType.EPSILON);
        varianceType = Objects.requireNonNullElse(varianceType, VarianceType.FIXED_SMALL);
        lossType = Objects.requireNonNullElse(lossType, LossType.MSE);
        process(schedule, steps, respacing);
    }

    /** The process described: betas, respaced. */
    public SpacedProcess process() {
        return process(schedule, steps, respacing);
    }

    private static SpacedProcess process(BetaSchedule schedule, int steps, String respacing) {
        return SpacedProcess.of(schedule.betas(steps), SpacedTimesteps.select(steps, respacing));
    }

    /** The same process with other timesteps kept, as a sampling run asks for. */
    public DiffusionConfig withRespacing(String timesteps) {
        return new DiffusionConfig(schedule, steps, timesteps, meanType, varianceType, lossType, rescaleTimesteps);
    }

    /** The same process with another choice of variance. */
    public DiffusionConfig withVarianceType(VarianceType type) {
        return new DiffusionConfig(schedule, steps, respacing, meanType, type, lossType, rescaleTimesteps);
    }

    /** Channels that a network must give for images of {@code imageChannels}. */
    public int modelChannels(int imageChannels) {
        return varianceType.isLearned() ? 2 * imageChannels : imageChannels;
    }
}
