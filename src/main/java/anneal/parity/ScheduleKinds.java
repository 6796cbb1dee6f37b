package anneal.parity;

import anneal.diffusion.BetaSchedule;
import anneal.diffusion.DiffusionTables;
import anneal.diffusion.SpacedProcess;
import anneal.diffusion.SpacedTimesteps;
import anneal.io.TensorData;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** Noise schedules, respacing, and the tables that follow from them. */
final class ScheduleKinds {
    private ScheduleKinds() {
    }

    static void addTo(Map<String, CaseRunner> kinds) {
        kinds.put("schedule", ScheduleKinds::schedule);
        kinds.put("space_timesteps", ScheduleKinds::spaceTimesteps);
        kinds.put("spaced_diffusion", ScheduleKinds::spacedDiffusion);
    }

    private static SequencedMap<String, TensorData> schedule(CaseContext c) throws IOException {
        var betas = betas(c);
        var index = c.has("index") ? c.ints("index") : IntStream.range(0, betas.length).toArray();
        var out = c.outputs();
        put(out, DiffusionTables.of(betas), index);
        return out.tensors();
    }

    private static SequencedMap<String, TensorData> spacedDiffusion(CaseContext c) throws IOException {
        var betas = betas(c);
        var process = SpacedProcess.of(betas, timesteps(betas.length, c.config().path("respacing")));
        var index = c.has("index") ? c.ints("index") : IntStream.range(0, process.steps()).toArray();
        var out = c.outputs();
        put(out, process.tables(), index);
        out.put("out.timestep_map", select(process.timestepMap(), index));
        return out.tensors();
    }

    private static SequencedMap<String, TensorData> spaceTimesteps(CaseContext c) {
        int steps = c.config().path("num_timesteps").asInt();
        return c.outputs().put("out.timesteps", timesteps(steps, c.config().path("section_counts"))).tensors();
    }

    private static double[] betas(CaseContext c) throws IOException {
        if (c.has("betas")) {
            var given = c.doubles("betas");
            return new BetaSchedule.Explicit(given).betas(given.length);
        }
        return BetaSchedule.named(c.config().path("schedule").asText()).betas(c.config().path("T").asInt());
    }

    /** The kept timesteps of a respacing: a string or a list of counts; null or an empty string keep all. */
    static int[] timesteps(int steps, JsonNode respacing) {
        if (respacing.isArray()) {
            return SpacedTimesteps.select(steps,
                    StreamSupport.stream(respacing.spliterator(), false).mapToInt(JsonNode::asInt).toArray());
        }
        return SpacedTimesteps.select(steps, respacing.isNull() ? "" : respacing.asText(""));
    }

    private static void put(Outputs out, DiffusionTables t, int[] index) {
        put(out, "betas", t.betas(), index);
        put(out, "alphas_cumprod", t.alphasCumprod(), index);
        put(out, "alphas_cumprod_prev", t.alphasCumprodPrev(), index);
        put(out, "alphas_cumprod_next", t.alphasCumprodNext(), index);
        put(out, "sqrt_alphas_cumprod", t.sqrtAlphasCumprod(), index);
        put(out, "sqrt_one_minus_alphas_cumprod", t.sqrtOneMinusAlphasCumprod(), index);
        put(out, "log_one_minus_alphas_cumprod", t.logOneMinusAlphasCumprod(), index);
        put(out, "sqrt_recip_alphas_cumprod", t.sqrtRecipAlphasCumprod(), index);
        put(out, "sqrt_recipm1_alphas_cumprod", t.sqrtRecipm1AlphasCumprod(), index);
        put(out, "posterior_variance", t.posteriorVariance(), index);
        put(out, "posterior_log_variance_clipped", t.posteriorLogVarianceClipped(), index);
        put(out, "posterior_mean_coef1", t.posteriorMeanCoef1(), index);
        put(out, "posterior_mean_coef2", t.posteriorMeanCoef2(), index);
    }

    private static void put(Outputs out, String name, double[] table, int[] index) {
        out.put("out." + name, IntStream.of(index).mapToDouble(i -> table[i]).toArray());
    }

    private static int[] select(int[] table, int[] index) {
        return IntStream.of(index).map(i -> table[i]).toArray();
    }
}
