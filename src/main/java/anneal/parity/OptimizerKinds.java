package anneal.parity;

import anneal.io.TensorData;
import anneal.kernel.AdamWSpec;
import anneal.nn.ArenaBuffer;
import anneal.nn.ParameterArena;
import anneal.nn.StateDict;
import anneal.train.AdamW;
import anneal.train.DynamicLossScale;
import anneal.train.LearningRate;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** The optimiser, the moving averages and the learning rate, for given gradients. */
final class OptimizerKinds {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPS = 1e-8;
    private static final String PARAMETER = "param.";
    private static final String TARGET = "target.";

    private OptimizerKinds() {
    }

    static void addTo(Map<String, CaseRunner> kinds) {
        kinds.put("adamw", OptimizerKinds::adamw);
        kinds.put("ema", OptimizerKinds::ema);
        kinds.put("lr_anneal", OptimizerKinds::lrAnneal);
        kinds.put("fp16_scale", OptimizerKinds::fp16Scale);
    }

    /** The optimiser's constants from a config, with PyTorch's defaults. */
    static AdamWSpec spec(JsonNode config) {
        var betas = config.path("betas");
        return new AdamWSpec(betas.path(0).asDouble(BETA1), betas.path(1).asDouble(BETA2),
                config.path("eps").asDouble(EPS), config.path("weight_decay").asDouble(0));
    }

    private static LearningRate rate(JsonNode config) {
        return new LearningRate(config.path("lr").asDouble(), 0, config.path("lr_anneal_steps").asInt(0));
    }

    private static SequencedMap<String, TensorData> adamw(CaseContext c) throws IOException {
        var parameters = new LooseParameters(c, PARAMETER, LooseParameters.names(c, PARAMETER));
        var rate = rate(c.config());
        var out = c.outputs();
        try (var arena = ParameterArena.forTraining(c.device(), parameters, 0);
                var optimizer = new AdamW(arena, spec(c.config()))) {
            set(c, parameters, PARAMETER, -1, arena.values());
            for (int s = 0; s < c.config().path("steps").asInt(); s++) {
                set(c, parameters, "grad.", s, arena.gradients());
                optimizer.step(rate.annealedAfter(s), s + 1, null);
                put(out, "out.step" + (s + 1) + ".", parameters, arena.values());
            }
            put(out, "out.exp_avg.", parameters, arena.firstMoment());
            put(out, "out.exp_avg_sq.", parameters, arena.secondMoment());
        }
        return out.tensors();
    }

    /** The averages are part of the optimiser's pass: with a learning rate of 0 the sources are left as they are. */
    private static SequencedMap<String, TensorData> ema(CaseContext c) throws IOException {
        var parameters = new LooseParameters(c, TARGET, LooseParameters.names(c, TARGET));
        var out = c.outputs();
        try (var arena = ParameterArena.forTraining(c.device(), parameters, 1);
                var optimizer = new AdamW(arena, spec(c.config()), c.config().path("rate").asDouble())) {
            var average = arena.emas().getFirst();
            set(c, parameters, TARGET, -1, average);
            for (int s = 0; s < c.config().path("steps").asInt(); s++) {
                set(c, parameters, "source.", s, arena.values());
                arena.zeroGradients();
                optimizer.step(0, s + 1, null);
                put(out, "out.step" + (s + 1) + ".", parameters, average);
            }
        }
        return out.tensors();
    }

    /** The original forgets the rate when it resumes: its first step then has the base rate again. */
    private static SequencedMap<String, TensorData> lrAnneal(CaseContext c) {
        var rate = rate(c.config());
        int resumed = c.config().path("resume_step").asInt(0);
        int steps = c.config().path("steps").asInt();
        var used = new double[steps];
        for (int s = 0; s < steps; s++) {
            used[s] = s == 0 ? rate.base() : rate.at(resumed + s);
        }
        return c.outputs().put("out.lr_used", used)
                .put("out.lr_final", steps == 0 ? rate.base() : rate.annealedAfter(resumed + steps - 1)).tensors();
    }

    private static SequencedMap<String, TensorData> fp16Scale(CaseContext c) throws IOException {
        var config = c.config();
        var parameters = new LooseParameters(c, PARAMETER, LooseParameters.names(c, PARAMETER));
        var loss = new DynamicLossScale(config.path("initial_lg_loss_scale").asDouble(),
                config.path("growth").asDouble());
        int steps = config.path("steps").asInt();
        var log = new ScaleLog(steps);
        try (var arena = ParameterArena.forTraining(c.device(), parameters, 0);
                var optimizer = new AdamW(arena, spec(config))) {
            set(c, parameters, PARAMETER, -1, arena.values());
            int taken = 0;
            for (int s = 0; s < steps; s++) {
                set(c, parameters, "grad.", s, arena.gradients());
                var scale = loss.scale();
                var flat = arena.gradients().flat();
                flat.copyFrom(flat.mul(scale));
                overflow(config.path("overflow").path(s).asText(""), arena);
                log.scales[s] = loss.log2();
                double parameterNorm = norm(arena.values());
                double scaledNorm = norm(arena.gradients());
                boolean take = loss.update(scaledNorm);
                log.taken[s] = take ? 1 : 0;
                log.gradientNorm[s] = take ? scaledNorm / scale : -1;
                log.parameterNorm[s] = take ? parameterNorm : -1;
                if (take) {
                    optimizer.step(config.path("lr").asDouble(), ++taken, c.device().scalar(1 / scale));
                }
                log.values.add(StateDict.values(parameters));
            }
        }
        log.scales[steps] = loss.log2();
        return log.put(c.outputs(), parameters).tensors();
    }

    /** What the trainer of kind fp16_scale reports. */
    private static final class ScaleLog {
        private final double[] scales;
        private final int[] taken;
        private final double[] gradientNorm;
        private final double[] parameterNorm;
        private final List<SequencedMap<String, TensorData>> values = new ArrayList<>();

        ScaleLog(int steps) {
            scales = new double[steps + 1];
            taken = new int[steps];
            gradientNorm = new double[steps];
            parameterNorm = new double[steps];
        }

        Outputs put(Outputs out, LooseParameters parameters) {
            out.put("out.lg_loss_scale", scales).put("out.took_step", taken)
                    .put("out.grad_norm", gradientNorm).put("out.param_norm", parameterNorm);
            for (var name : parameters.byName().keySet()) {
                out.put("out." + name, Outputs.stack(values.stream().map(v -> v.get(name)).toList()));
            }
            return out;
        }
    }

    /** Puts {@code inf} or {@code nan} into the first gradient; any other text is nothing. */
    private static void overflow(String what, ParameterArena arena) {
        if (what.isEmpty()) {
            return;
        }
        var first = arena.gradients().flat().columns(0, 1);
        first.copyFrom(new double[] {what.equals("inf") ? Double.POSITIVE_INFINITY : Double.NaN});
    }

    private static double norm(ArenaBuffer buffer) {
        return buffer.flat().square().sum().sqrt().item();
    }

    private static void set(CaseContext c, LooseParameters parameters, String prefix, int row, ArenaBuffer into)
            throws IOException {
        for (var p : parameters.byName().entrySet()) {
            LooseParameters.copy(c, prefix + p.getKey(), row, into.of(p.getValue()));
        }
    }

    private static void put(Outputs out, String prefix, LooseParameters parameters, ArenaBuffer from) {
        StateDict.read(parameters, from::of).forEach((name, data) -> out.put(prefix + name, data));
    }
}
