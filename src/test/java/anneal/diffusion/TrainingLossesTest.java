package anneal.diffusion;

import static anneal.diffusion.GaussianDiffusionTest.config;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingLossesTest {
    private final Device device = Check.reference();
    private final Tensor xStart = Check.normal(device, 1, 3, 2, 3, 2).clamp(-1, 1);
    private final Tensor noise = Check.normal(device, 2, 3, 2, 3, 2);
    private final Tensor t = device.ofInts(new int[] {0, 20, 39}, 3);

    @AfterEach
    void close() {
        device.close();
    }

    static Stream<DiffusionConfig> configs() {
        return Stream.of(MeanType.values()).flatMap(mean -> Stream.of(VarianceType.values()).flatMap(
                variance -> Stream.of(LossType.values()).map(loss -> config(mean, variance, loss))));
    }

    private Tensor output(DiffusionConfig config) {
        return Check.normal(device, 3, 3, 2, 3, config.modelChannels(2)).mul(0.3);
    }

    private TrainingLosses.Terms losses(DiffusionConfig config, Tensor output) {
        return new TrainingLosses(new GaussianDiffusion(config, device)).of((x, s) -> output, xStart, t, noise);
    }

    /** The detached mean makes the hybrid's gradient no derivative of its value: those parts are checked apart. */
    @ParameterizedTest
    @MethodSource("configs")
    void gradientsAreDerivatives(DiffusionConfig config) {
        var output = output(config);
        boolean hybrid = !config.lossType().isBound() && config.varianceType().isLearned();
        if (!hybrid) {
            Check.gradient(output, o -> losses(config, o).loss().sum(), 2e-6);
            return;
        }
        try (var tape = device.tape()) {
            tape.watch(output);
            var gradient = tape.gradient(losses(config, output).loss().sum(), output)[0];
            Check.close(gradientOf(output, config, false).columns(0, 2), gradient.columns(0, 2), 1e-12);
            Check.close(gradientOf(output, config, true).columns(2, 4), gradient.columns(2, 4), 1e-12);
        }
    }

    private Tensor gradientOf(Tensor output, DiffusionConfig config, boolean vb) {
        try (var tape = device.tape()) {
            tape.watch(output);
            var terms = losses(config, output);
            return tape.gradient(vb ? terms.vb().sum() : terms.mse().sum(), output)[0];
        }
    }

    @Test
    void termsAreThereWhenTheyMeanSomething() {
        var kl = config(MeanType.V, VarianceType.LEARNED, LossType.KL);
        assertNull(losses(kl, output(kl)).mse());
        var simple = config(MeanType.V, VarianceType.FIXED_LARGE, LossType.MSE);
        assertNull(losses(simple, output(simple)).vb());
        var hybrid = config(MeanType.V, VarianceType.LEARNED_RANGE, LossType.MSE);
        var terms = losses(hybrid, output(hybrid));
        Check.close(terms.mse().add(terms.vb()), terms.loss(), 1e-15);
    }

    @Test
    void rescalingMultipliesByTheNumberOfSteps() {
        var kl = config(MeanType.EPSILON, VarianceType.LEARNED_RANGE, LossType.KL);
        var rescaled = config(MeanType.EPSILON, VarianceType.LEARNED_RANGE, LossType.RESCALED_KL);
        Check.close(losses(kl, output(kl)).loss().mul(40), losses(rescaled, output(kl)).loss(), 1e-15);
        var mse = config(MeanType.EPSILON, VarianceType.LEARNED_RANGE, LossType.MSE);
        var rescaledMse = config(MeanType.EPSILON, VarianceType.LEARNED_RANGE, LossType.RESCALED_MSE);
        Check.close(losses(mse, output(mse)).vb().mul(0.04), losses(rescaledMse, output(mse)).vb(), 1e-15);
    }

    @Test
    void hybridLossAndGradientAreTheOriginals() throws IOException {
        var fixture = Fixture.adm("lossraw_rescaled_mse_epsilon_learned");
        var config = new DiffusionConfig(BetaSchedule.Cosine.IMPROVED_DDPM, 1000, "25", MeanType.EPSILON,
                VarianceType.LEARNED, LossType.RESCALED_MSE, false);
        var output = fixture.tensor(device, "in.model_output");
        var timesteps = fixture.ints("in.t");
        try (var tape = device.tape()) {
            tape.watch(output);
            var terms = new TrainingLosses(new GaussianDiffusion(config, device)).of((x, s) -> output,
                    fixture.tensor(device, "in.x_start"), device.ofInts(timesteps, timesteps.length),
                    fixture.tensor(device, "in.noise"));
            var gradient = tape.gradient(terms.loss().mean(), output)[0];
            Check.close(fixture.tensor(device, "out.mse"), terms.mse(), 1e-11);
            Check.close(fixture.tensor(device, "out.vb"), terms.vb(), 1e-11);
            Check.close(fixture.tensor(device, "out.loss"), terms.loss(), 1e-11);
            Check.close(fixture.tensor(device, "grad.model_output"), gradient, 1e-11);
        }
    }

    @Test
    void thePriorOfTheOriginalIsMetThoughItIsTiny() throws IOException {
        var fixture = Fixture.adm("prior_bpd_1");
        var config = new DiffusionConfig(BetaSchedule.Cosine.IMPROVED_DDPM, 4000, "", MeanType.EPSILON,
                VarianceType.FIXED_LARGE, LossType.MSE, false);
        var bound = new VariationalBound(new GaussianDiffusion(config, device));
        var prior = bound.priorBpd(fixture.tensor(device, "in.x_start"));
        Check.close(fixture.tensor(device, "out.prior_bpd"), prior, 1e-9);
    }

    @Test
    void theEvaluatedBoundIsMadeOfTheTermsOfEveryTimestep() {
        var config = new DiffusionConfig(new BetaSchedule.Linear(0.1, 0.3), 6, "", MeanType.X_START,
                VarianceType.FIXED_SMALL, LossType.KL, false);
        var diffusion = new GaussianDiffusion(config, device);
        var draws = Check.normal(device, 9, 6, 3, 2, 3, 2);
        Denoiser denoiser = (x, s) -> x.mul(0.5);
        long live = device.memory().liveBytes();
        try (var scope = device.scope()) {
            var bpd = new VariationalBound(diffusion).evaluate(
                    denoiser, xStart, new RecordedNoise(draws), XstartFilter.clip());
            double total = bpd.priorBpd().sum().item();
            for (int k = 0; k < 6; k++) {
                var steps = device.ofInts(new int[] {5 - k, 5 - k, 5 - k}, 3);
                var draw = draws.slice(0, k, k + 1).reshape(3, 2, 3, 2);
                var xT = diffusion.qSample(xStart, steps, draw);
                var p = diffusion.reverse(denoiser, XstartFilter.clip()).predict(xT, steps);
                var vb = new VariationalBound(diffusion).term(p, xStart, xT, steps);
                Check.close(vb.toDoubles(), bpd.vb().slice(1, k, k + 1).toDoubles(), 1e-15);
                Check.close(xT.mul(0.5).clamp(-1, 1).sub(xStart).square().meanPerSample().toDoubles(),
                        bpd.xstartMse().slice(1, k, k + 1).toDoubles(), 1e-14);
                total += vb.sum().item();
            }
            assertEquals(total, bpd.totalBpd().sum().item(), 1e-12);
            assertTrue(bpd.mse().mean().item() > 0);
        }
        assertEquals(live, device.memory().liveBytes());
    }
}
