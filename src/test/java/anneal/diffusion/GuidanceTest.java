package anneal.diffusion;

import static anneal.diffusion.BetaScheduleTest.assertMessage;

import anneal.tensor.Concat;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuidanceTest {
    private static final DiffusionConfig CONFIG = new DiffusionConfig(BetaSchedule.Cosine.IMPROVED_DDPM, 100, "10",
            MeanType.EPSILON, VarianceType.LEARNED_RANGE, LossType.MSE, false);

    private final Device device = Check.reference();
    private final GaussianDiffusion diffusion = new GaussianDiffusion(CONFIG, device);
    private final Tensor x = Check.normal(device, 1, 3, 2, 2, 2);
    private final Tensor t = device.ofInts(new int[] {0, 4, 9}, 3);
    private final Tensor output = Check.normal(device, 2, 3, 2, 2, 4);
    private final Tensor direction = Check.normal(device, 3, 3, 2, 2, 2);

    @AfterEach
    void close() {
        device.close();
    }

    private ReverseModel model() {
        return diffusion.reverse((image, timesteps) -> output, XstartFilter.clip());
    }

    private ClassifierGuidance guidance(double scale) {
        return new ClassifierGuidance(diffusion, (image, timesteps) -> direction, scale);
    }

    @Test
    void ancestralGuidanceMovesTheMeanOnly() {
        var p = model().predict(x, t);
        var guided = new DdpmSampler().guide(model(), guidance(3)).predict(x, t);
        Check.close(p.mean().add(p.variance().mul(direction).mul(3)), guided.mean(), 1e-14);
        Check.bits(p.predXstart(), guided.predXstart());
        Check.bits(p.logVariance(), guided.logVariance());
    }

    @Test
    void ddimGuidanceMovesEpsilonAndTheEstimateFollowsUnfiltered() {
        var p = model().predict(x, t);
        var guided = new DdimSampler(0).guide(model(), guidance(3)).predict(x, t);
        var epsilon = diffusion.predictEpsilonFromXstart(x, t, p.predXstart());
        var variance = diffusion.qMeanVariance(x, t).variance();
        var shifted = epsilon.sub(variance.sqrt().mul(direction).mul(3));
        Check.close(shifted, diffusion.predictEpsilonFromXstart(x, t, guided.predXstart()), 1e-11);
        Check.close(diffusion.qPosteriorMeanVariance(guided.predXstart(), x, t).mean(), guided.mean(), 1e-14);
    }

    @Test
    void withoutScaleNothingChanges() {
        Check.close(model().predict(x, t).predXstart(),
                new DdimReverse().guide(model(), guidance(0)).predict(x, t).predXstart(), 1e-12);
    }

    @Test
    void theClassifiersGradientIsThatOfTheLabelsLogProbability() {
        var weights = Check.normal(device, 6, 3, 1, 2, 2, 2);
        var labels = device.ofInts(new int[] {2, 0, 1}, 3);
        var timesteps = diffusion.modelTimesteps(t);
        var gradient = LogProbGradient.ofClassifier((image, s) -> logits(image, s, weights), labels).of(x, timesteps);
        double h = 1e-6;
        var direct = logProb(x.add(direction.mul(h)), timesteps, weights)
                .sub(logProb(x.sub(direction.mul(h)), timesteps, weights)).div(2 * h);
        Check.close(direct.toDoubles(), gradient.mul(direction).sum(false, 1, 2, 3).toDoubles(), 1e-7);
    }

    private Tensor logits(Tensor image, Tensor timesteps, Tensor weights) {
        var columns = new Tensor[3];
        for (int k = 0; k < 3; k++) {
            columns[k] = image.tanh().mul(weights.slice(0, k, k + 1).reshape(1, 2, 2, 2)).sum(false, 1, 2, 3)
                    .mul(timesteps.add(1)).reshape(-1, 1);
        }
        return Concat.concat(1, columns);
    }

    private Tensor logProb(Tensor image, Tensor timesteps, Tensor weights) {
        var logProbs = logits(image, timesteps, weights).logSoftmax();
        return Concat.concat(0, logProbs.slice(0, 0, 1).slice(1, 2, 3), logProbs.slice(0, 1, 2).slice(1, 0, 1),
                logProbs.slice(0, 2, 3).slice(1, 1, 2)).reshape(3);
    }

    @Test
    void classifierFreeGuidanceLeavesTheVarianceToTheConditionalNetwork() {
        var other = Check.normal(device, 7, 3, 2, 2, 4);
        var timesteps = diffusion.modelTimesteps(t);
        Denoiser cond = (image, s) -> output;
        Denoiser uncond = (image, s) -> other;
        var guided = ClassifierFreeGuidance.scaled(cond, uncond, 3).predict(x, timesteps);
        Check.close(other.mul(-2).add(output.mul(3)).columns(0, 2), guided.columns(0, 2), 1e-14);
        Check.bits(output.columns(2, 4), guided.columns(2, 4));
        var weighted = new ClassifierFreeGuidance(cond, uncond, ClassifierFreeGuidance.Formula.WEIGHT, 2,
                ClassifierFreeGuidance.IMAGE_CHANNELS).predict(x, timesteps);
        Check.close(guided, weighted, 1e-14);
        var all = new ClassifierFreeGuidance(cond, uncond, ClassifierFreeGuidance.Formula.SCALE, 3, 4);
        Check.close(other.mul(-2).add(output.mul(3)), all.predict(x, timesteps), 1e-14);
        Check.close(output, ClassifierFreeGuidance.scaled(cond, uncond, 1).predict(x, timesteps), 1e-14);
        assertMessage("5 channels are to be guided, the network gives 4", () -> new ClassifierFreeGuidance(
                cond, uncond, ClassifierFreeGuidance.Formula.SCALE, 3, 5).predict(x, timesteps));
        assertMessage("strength NaN", () -> ClassifierFreeGuidance.scaled(cond, uncond, Double.NaN));
    }
}
