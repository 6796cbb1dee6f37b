package anneal.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DiffusionTablesTest {
    static Stream<Arguments> processes() {
        return Stream.of(
                Arguments.of("schedule_linear_50", "linear", 50, ""),
                Arguments.of("schedule_cosine_50", "cosine", 50, ""),
                Arguments.of("spaced_01_linear_1000", "linear", 1000, "10,15,20"),
                Arguments.of("spaced_03_cosine_4000", "cosine", 4000, "ddim50"),
                Arguments.of("spaced_05_linear_4000", "linear", 4000, "7"));
    }

    @ParameterizedTest
    @MethodSource("processes")
    void everyTableEqualsTheOriginals(String file, String schedule, int steps, String respacing) throws IOException {
        var fixture = Fixture.adm(file);
        var process = SpacedProcess.of(
                BetaSchedule.named(schedule).betas(steps), SpacedTimesteps.select(steps, respacing));
        assertTables(fixture, process.tables());
        if (!respacing.isEmpty()) {
            assertArrayEquals(fixture.ints("out.timestep_map"), process.timestepMap());
        }
    }

    @Test
    void givenBetas() throws IOException {
        var fixture = Fixture.adm("schedule_given_betas");
        var betas = fixture.doubles("in.betas");
        assertTables(fixture, DiffusionTables.of(new BetaSchedule.Explicit(betas).betas(betas.length)));
    }

    @Test
    void respacingKeepsTheMarginals() {
        var betas = new BetaSchedule.DdpmLinear().betas(200);
        var whole = DiffusionTables.of(betas);
        var process = SpacedProcess.of(betas, 3, 50, 51, 160, 199);
        for (int i = 0; i < process.steps(); i++) {
            assertEquals(whole.alphasCumprod()[process.timestepMap()[i]], process.tables().alphasCumprod()[i], 1e-15);
        }
    }

    /** With x_t = sqrt(ab) x_0 + sqrt(1 - ab) e, the posterior's moments must give back those of x_{t-1}. */
    @Test
    void thePosteriorIsConsistentWithTheForwardProcess() {
        var t = DiffusionTables.of(BetaSchedule.Cosine.IMPROVED_DDPM.betas(77));
        for (int i = 0; i < t.steps(); i++) {
            double mean = t.posteriorMeanCoef1()[i] + t.posteriorMeanCoef2()[i] * t.sqrtAlphasCumprod()[i];
            double variance = t.posteriorVariance()[i]
                    + Math.pow(t.posteriorMeanCoef2()[i], 2) * (1 - t.alphasCumprod()[i]);
            assertEquals(Math.sqrt(t.alphasCumprodPrev()[i]), mean, 1e-12);
            assertEquals(1 - t.alphasCumprodPrev()[i], variance, 1e-12);
        }
    }

    @Test
    void aProcessOfOneStep() {
        var t = DiffusionTables.of(new double[] {0.4});
        assertEquals(Math.log(0.4), t.posteriorLogVarianceClipped()[0], 1e-15);
        assertEquals(0.4, t.fixedLargeVariance()[0], 1e-15);
        assertEquals(0, t.posteriorVariance()[0]);
    }

    @Test
    void networksSeeOriginalOrRescaledTimesteps() {
        var process = SpacedProcess.of(BetaSchedule.Cosine.IMPROVED_DDPM.betas(4000), 0, 7, 3999);
        assertArrayEquals(new double[] {0, 7, 3999}, process.modelTimesteps(false));
        assertArrayEquals(new double[] {0, 1.75, 999.75}, process.modelTimesteps(true));
    }

    private static void assertTables(Fixture fixture, DiffusionTables t) {
        for (var entry : named(t).entrySet()) {
            var expected = fixture.doubles("out." + entry.getKey());
            assertEquals(expected.length, entry.getValue().length, entry.getKey());
            for (int i = 0; i < expected.length; i++) {
                double error = Math.abs(expected[i] - entry.getValue()[i]);
                assertTrue(error <= 1e-12 + 1e-9 * Math.abs(expected[i]), entry.getKey() + " at " + i + ": " + error);
            }
        }
    }

    private static Map<String, double[]> named(DiffusionTables t) {
        var tables = new LinkedHashMap<String, double[]>();
        tables.put("betas", t.betas());
        tables.put("alphas_cumprod", t.alphasCumprod());
        tables.put("alphas_cumprod_prev", t.alphasCumprodPrev());
        tables.put("alphas_cumprod_next", t.alphasCumprodNext());
        tables.put("sqrt_alphas_cumprod", t.sqrtAlphasCumprod());
        tables.put("sqrt_one_minus_alphas_cumprod", t.sqrtOneMinusAlphasCumprod());
        tables.put("log_one_minus_alphas_cumprod", t.logOneMinusAlphasCumprod());
        tables.put("sqrt_recip_alphas_cumprod", t.sqrtRecipAlphasCumprod());
        tables.put("sqrt_recipm1_alphas_cumprod", t.sqrtRecipm1AlphasCumprod());
        tables.put("posterior_variance", t.posteriorVariance());
        tables.put("posterior_log_variance_clipped", t.posteriorLogVarianceClipped());
        tables.put("posterior_mean_coef1", t.posteriorMeanCoef1());
        tables.put("posterior_mean_coef2", t.posteriorMeanCoef2());
        return tables;
    }
}
