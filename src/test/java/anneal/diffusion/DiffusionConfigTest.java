package anneal.diffusion;

import static anneal.diffusion.BetaScheduleTest.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.io.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DiffusionConfigTest {
    static List<BetaSchedule> schedules() {
        return List.of(new BetaSchedule.DdpmLinear(), BetaSchedule.Cosine.IMPROVED_DDPM,
                new BetaSchedule.Linear(0.1, 0.2), new BetaSchedule.ScaledLinear(0.1, 0.2),
                new BetaSchedule.SquareRoot(0.1, 0.2), new BetaSchedule.Sigmoid(0.1, 0.2),
                new BetaSchedule.Constant(0.1), new BetaSchedule.Jsd(), new BetaSchedule.Warmup(0.1, 0.2, 0.5),
                new BetaSchedule.Explicit(new BetaSchedule.Jsd().betas(30)));
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void jsonBringsBackTheSameConfig(BetaSchedule schedule) {
        var config = new DiffusionConfig(schedule, 30, "ddim5", MeanType.V, VarianceType.LEARNED_RANGE,
                LossType.RESCALED_MSE, true);
        assertEquals(config, Json.read(Json.write(config), DiffusionConfig.class));
        assertEquals(5, config.process().steps());
        assertEquals(6, config.modelChannels(3));
    }

    @Test
    void complaintsAreOneLine() {
        var valid = """
                {"schedule": {"name": "ddpm_linear"}, "steps": 100, "rescaleTimesteps": false}""";
        assertEquals(MeanType.EPSILON, Json.read(valid, DiffusionConfig.class).meanType());
        refuse("at least 20 steps, got 10", valid.replace("100", "10"));
        refuse("section 0, which has 100", valid.replace("{\"s", "{\"respacing\": \"200\", \"s"));
        refuse("rescaleTimesteps", valid.replace(", \"rescaleTimesteps\": false", ""));
        refuse("'round'", valid.replace("ddpm_linear", "round"));
        refuse("needs a schedule", "{\"steps\": 100, \"rescaleTimesteps\": false}");
        refuse("not JSON", "{\"steps");
    }

    private static void refuse(String part, String json) {
        assertMessage(part, () -> Json.read(json, DiffusionConfig.class));
    }
}
