package anneal.diffusion;

import static anneal.diffusion.BetaScheduleTest.assertMessage;

import anneal.tensor.Concat;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GaussianDiffusionTest {
    private final Device device = Check.reference();
    private final Tensor xStart = Check.normal(device, 1, 4, 3, 5, 2).clamp(-0.9, 0.9);
    private final Tensor noise = Check.normal(device, 2, 4, 3, 5, 2);
    private final Tensor t = device.ofInts(new int[] {0, 1, 13, 39}, 4);

    @AfterEach
    void close() {
        device.close();
    }

    static DiffusionConfig config(MeanType mean, VarianceType variance, LossType loss) {
        return new DiffusionConfig(BetaSchedule.Cosine.IMPROVED_DDPM, 200, "40", mean, variance, loss, true);
    }

    private GaussianDiffusion diffusion(MeanType mean, VarianceType variance) {
        return new GaussianDiffusion(config(mean, variance, LossType.MSE), device);
    }

    /** What a network that knows everything would give. */
    private Tensor perfect(GaussianDiffusion d, Tensor xT) {
        return switch (d.config().meanType()) {
            case EPSILON -> noise;
            case X_START -> xStart;
            case PREVIOUS_X -> d.qPosteriorMeanVariance(xStart, xT, t).mean();
            case V -> d.velocity(xStart, t, noise);
        };
    }

    @ParameterizedTest
    @EnumSource
    void aPerfectPredictionGivesTheImageAndThePosterior(MeanType meanType) {
        var d = diffusion(meanType, VarianceType.FIXED_SMALL);
        var xT = d.qSample(xStart, t, noise);
        var p = d.pMeanVariance(perfect(d, xT), xT, t, XstartFilter.clip());
        var posterior = d.qPosteriorMeanVariance(xStart, xT, t).broadcast();
        Check.close(xStart, p.predXstart(), 1e-10);
        Check.close(posterior.mean(), p.mean(), 1e-10);
        Check.close(posterior.variance(), p.broadcast().variance(), 0);
        Check.close(noise, d.predictEpsilonFromXstart(xT, t, p.predXstart()), 1e-10);
    }

    @Test
    void qSampleIsTheSampleOfItsMoments() {
        var d = diffusion(MeanType.EPSILON, VarianceType.FIXED_SMALL);
        var q = d.qMeanVariance(xStart, t).broadcast();
        Check.close(q.mean().add(noise.mul(q.variance().sqrt())), d.qSample(xStart, t, noise), 1e-14);
        Check.close(q.variance().log(), q.logVariance(), 1e-12);
    }

    @Test
    void aLearnedRangeMovesBetweenTheTwoFixedVariances() {
        var learned = diffusion(MeanType.EPSILON, VarianceType.LEARNED_RANGE);
        var small = diffusion(MeanType.EPSILON, VarianceType.FIXED_SMALL);
        var tables = small.process().tables();
        var large = small.table(tables.logBetas()).at(t, noise).add(device.zeros(noise.shape()));
        var least = small.pMeanVariance(noise, xStart, t, XstartFilter.none()).broadcast().logVariance();
        Check.close(least, logVariance(learned, -1), 1e-14);
        Check.close(large, logVariance(learned, 1), 1e-14);
        Check.close(least.mul(0.25).add(large.mul(0.75)), logVariance(learned, 0.5), 1e-14);
        Check.close(large.mul(1.5).sub(least.mul(0.5)), logVariance(learned, 2), 1e-14);
    }

    private Tensor logVariance(GaussianDiffusion d, double v) {
        var output = Concat.concat(-1, noise, device.full(v, noise.shape()));
        var p = d.pMeanVariance(output, xStart, t, XstartFilter.none());
        Check.close(p.logVariance().exp(), p.variance(), 1e-14);
        return p.logVariance();
    }

    @Test
    void filtersComeInOrderBeforeTheMean() {
        var d = diffusion(MeanType.X_START, VarianceType.FIXED_LARGE);
        XstartFilter twice = x -> x.mul(2);
        var clippedLast = d.pMeanVariance(xStart, noise, t, twice.then(XstartFilter.clip()));
        Check.bits(xStart.mul(2).clamp(-1, 1), clippedLast.predXstart());
        Check.bits(d.qPosteriorMeanVariance(xStart.mul(2).clamp(-1, 1), noise, t).mean(), clippedLast.mean());
        Check.bits(xStart.mul(2), d.pMeanVariance(xStart, noise, t, XstartFilter.clip().then(twice)).predXstart());
    }

    @Test
    void networksAreToldRescaledOriginalTimesteps() {
        var d = diffusion(MeanType.EPSILON, VarianceType.FIXED_SMALL);
        Check.close(new double[] {0, 25, 330, 995}, d.modelTimesteps(t).toDoubles(), 1e-15);
    }

    @ParameterizedTest
    @EnumSource
    void theMeanCanBeDifferentiated(MeanType meanType) {
        var d = diffusion(meanType, VarianceType.LEARNED_RANGE);
        var output = Check.normal(device, 5, 4, 3, 5, 4);
        Check.gradient(noise, x -> weigh(d.pMeanVariance(output, x, t, XstartFilter.none())), 1e-6);
        Check.gradient(output, o -> weigh(d.pMeanVariance(o, noise, t, XstartFilter.none())), 1e-6);
    }

    private static Tensor weigh(Prediction p) {
        return p.mean().square().add(p.logVariance().square()).add(p.predXstart().tanh()).sum();
    }

    @Test
    void refusesShapesThatDoNotFit() {
        var d = diffusion(MeanType.EPSILON, VarianceType.LEARNED);
        assertMessage("must give [4, 3, 5, 4]", () -> d.pMeanVariance(noise, xStart, t, XstartFilter.none()));
        assertMessage("must be I32 [4]", () -> d.qSample(xStart, device.ofInts(new int[3], 3), noise));
        assertMessage("must be I32 [4]", () -> d.qSample(xStart, device.of(new double[4], 4), noise));
        assertMessage("noise has shape", () -> d.qSample(xStart, t, noise.columns(0, 1)));
    }
}
