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

/** The smallest training runs with everything on: dropout, micro-batches, two averages, the loss-aware sampler. */
final class Recipes {
    private Recipes() {
    }

    static TrainingConfig unet(int steps) {
        var trunk = trunk(0.1);
        return new TrainingConfig("made up", new UNetConfig(trunk, 1, true, -1, 3, true), null, null, process(2), 0.2,
                optimization(steps, 100));
    }

    static TrainingConfig classifier(int steps) {
        return new TrainingConfig("made up", null, new ClassifierConfig(trunk(0), 3, Pooling.ATTENTION), null, process(10), 0,
                optimization(steps, 0));
    }

    /** A classifier of clean images: no attention but the middle's, dropout, images moved by up to a pixel. */
    static TrainingConfig judge(int steps) {
        var trunk = TrunkConfig.builder(Stripes.EXTENT, 1, 32).dropout(0.1).build();
        var o = optimization(steps, steps);
        var uniform = new OptimizationConfig(steps, 12, 8, 5e-3, 0.01, 3, steps, o.emaRates(), 1, "uniform", true, 3);
        return new TrainingConfig("made up", null, new ClassifierConfig(trunk, 3, Pooling.MEAN), new CleanImages(1), null,
                0, uniform);
    }

    private static TrunkConfig trunk(double dropout) {
        return TrunkConfig.builder(Stripes.EXTENT, 1, 32).channelMult(1, 1).numResBlocks(1).attentionAtPixels(4)
                .numHeadChannels(16).resblockUpdown(true).useScaleShiftNorm(true).dropout(dropout).build();
    }

    /** With two timesteps the loss-aware sampler warms up within a test. */
    private static DiffusionConfig process(int timesteps) {
        return new DiffusionConfig(BetaSchedule.named("cosine"), timesteps, "", MeanType.EPSILON, VarianceType.LEARNED_RANGE,
                LossType.RESCALED_MSE, false);
    }

    private static OptimizationConfig optimization(int steps, int annealSteps) {
        return new OptimizationConfig(steps, 6, 4, 2e-3, 0.01, 3, annealSteps, List.of(0.5, 0.9), 1, "loss-second-moment", true,
                3);
    }
}
