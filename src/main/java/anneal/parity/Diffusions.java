package anneal.parity;

import anneal.diffusion.BetaSchedule;
import anneal.diffusion.DiffusionConfig;
import anneal.diffusion.GaussianDiffusion;
import anneal.diffusion.LossType;
import anneal.diffusion.MeanType;
import anneal.diffusion.VarianceType;
import anneal.diffusion.XstartFilter;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** The fixtures' way to describe a process, read as this engine's. */
final class Diffusions {
    private Diffusions() {
    }

    /** The process of {@code config.diffusion}, in the current scope of the case's device. */
    static GaussianDiffusion of(CaseContext c) {
        return new GaussianDiffusion(config(c.config().path("diffusion")), c.device());
    }

    private static DiffusionConfig config(JsonNode d) {
        return new DiffusionConfig(
                BetaSchedule.named(d.path("schedule").asText()),
                d.path("T").asInt(),
                respacing(d.path("respacing")),
                meanType(d.path("mean_type").asText()),
                VarianceType.valueOf(d.path("var_type").asText()),
                LossType.valueOf(d.path("loss_type").asText()),
                d.path("rescale_timesteps").asBoolean());
    }

    private static MeanType meanType(String name) {
        return name.equals("START_X") ? MeanType.X_START : MeanType.valueOf(name);
    }

    private static String respacing(JsonNode r) {
        if (r.isArray()) {
            return StreamSupport.stream(r.spliterator(), false).map(JsonNode::asText).collect(Collectors.joining(","));
        }
        return r.isNull() ? "" : r.asText("");
    }

    /** {@code denoised_scale}, then {@code clip_denoised}. */
    static XstartFilter filter(JsonNode config) {
        var filter = XstartFilter.none();
        if (config.hasNonNull("denoised_scale")) {
            double scale = config.get("denoised_scale").asDouble();
            filter = filter.then(x -> x.mul(scale));
        }
        return config.path("clip_denoised").asBoolean() ? filter.then(XstartFilter.clip()) : filter;
    }
}
