package anneal.diffusion;

import static anneal.diffusion.BetaScheduleTest.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TimestepSamplerTest {
    @Test
    void secondMomentFollowsTheOriginalRowByRow() throws IOException {
        var fixture = Fixture.adm("resampler_second_moment");
        var sampler = new LossSecondMomentSampler(8, 10, 0.001);
        var ts = fixture.ints("in.ts");
        var losses = fixture.doubles("in.losses");
        var weights = fixture.doubles("out.weights");
        var warmedUp = fixture.ints("out.warmed_up");
        for (int row = 0; row < warmedUp.length; row++) {
            sampler.update(Arrays.copyOfRange(ts, 4 * row, 4 * row + 4),
                    Arrays.copyOfRange(losses, 4 * row, 4 * row + 4));
            assertArrayEquals(Arrays.copyOfRange(weights, 8 * row, 8 * row + 8), sampler.weights(), 1e-14);
            assertEquals(warmedUp[row] == 1, sampler.isWarmedUp());
        }
        assertArrayEquals(fixture.doubles("out.probabilities"), sampler.probabilities(), 1e-14);
        assertArrayEquals(fixture.doubles("out.loss_history"), sampler.state().lossHistory());
        assertArrayEquals(fixture.ints("out.loss_counts"), sampler.state().lossCounts());
        assertArrayEquals(fixture.doubles("out.importance_weights"),
                sampler.importanceWeights(fixture.ints("in.indices")), 1e-6);
    }

    @Test
    void aRestoredSamplerContinuesAlike() {
        var one = new LossSecondMomentSampler(3, 2, 0.1);
        one.update(new int[] {0, 1, 2, 0, 1}, new double[] {1, 2, 3, 4, 5});
        var other = new LossSecondMomentSampler(3, 2, 0.1);
        other.restore(one.state());
        assertFalse(other.isWarmedUp());
        for (var sampler : new TimestepSampler[] {one, other}) {
            sampler.update(new int[] {2, 0}, new double[] {6, 7});
        }
        assertArrayEquals(one.weights(), other.weights());
        // rms of (4, 7), (2, 5), (3, 6)
        double a = Math.sqrt(32.5);
        double b = Math.sqrt(14.5);
        double c = Math.sqrt(22.5);
        assertEquals(0.9 * a / (a + b + c) + 0.1 / 3, other.weights()[0], 1e-14);
    }

    @Test
    void drawsFollowTheProbabilitiesAndTheWeightsUndoThem() {
        var sampler = new LossSecondMomentSampler(3, 1, 0.3);
        sampler.update(new int[] {0, 1, 2}, new double[] {1, 2, 7});
        var uniforms = new double[10_000];
        Arrays.setAll(uniforms, i -> (i + 0.5) / uniforms.length);
        var draw = sampler.choose(uniforms);
        var shares = new double[3];
        for (int t : draw.timesteps()) {
            shares[t] += 1.0 / uniforms.length;
        }
        assertArrayEquals(new double[] {0.17, 0.24, 0.59}, sampler.probabilities(), 1e-12);
        assertArrayEquals(sampler.probabilities(), shares, 2e-4);
        assertEquals(1, Arrays.stream(draw.weights()).average().orElseThrow(), 1e-3);
        assertEquals(draw.timesteps()[4321], sampler.choose(uniforms[4321]).timesteps()[0]);
    }

    @Test
    void theEdgesOfTheUnitIntervalAreInside() {
        var draw = new UniformSampler(10).choose(0, 0.3000001, Math.nextDown(1.0));
        assertArrayEquals(new int[] {0, 3, 9}, draw.timesteps());
    }

    @Test
    void aSamplesTimestepDependsOnItsNumberAndTheStepOnly() {
        var sampler = new UniformSampler(1000);
        var together = sampler.draw(5, 2, 17, 3, 9).timesteps();
        assertEquals(together[1], sampler.draw(5, 2, 17, 9).timesteps()[0]);
        assertNotEquals(together[1], sampler.draw(5, 2, 18, 9).timesteps()[0]);
    }

    @Test
    void refuses() {
        var sampler = TimestepSampler.named("loss-second-moment", 3);
        assertMessage("loss NaN at timestep 1 of 3", () -> sampler.update(new int[] {1}, new double[] {Double.NaN}));
        assertMessage("timestep 3 of 3", () -> sampler.update(new int[] {3}, new double[] {1}));
        assertMessage("does not fit 3 x 10", () -> sampler.restore(new UniformSampler(3).state()));
        assertMessage("no state to restore", () -> TimestepSampler.named("uniform", 3).restore(sampler.state()));
        assertMessage("use uniform or", () -> TimestepSampler.named("even", 3));
        assertMessage("in [0, 1), got 1.0", () -> new UniformSampler(3).choose(1.0));
    }
}
