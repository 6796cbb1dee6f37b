package anneal.parity;

import anneal.diffusion.TrainingLosses;
import anneal.io.TensorData;
import anneal.kernel.Shape;
import anneal.nn.ArenaBuffer;
import anneal.nn.StateDict;
import anneal.tensor.Slice;
import anneal.tensor.Tensor;
import anneal.train.AdamW;
import anneal.train.LearningRate;
import anneal.train.MicroBatch;
import anneal.train.TrainStep;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.StreamSupport;

/** Whole training steps with recorded images, timesteps and noise, by the class that real training runs on. */
final class TrainStepsKind implements CaseRunner {
    @Override
    public SequencedMap<String, TensorData> run(CaseContext c) throws IOException {
        var config = c.config();
        var emaRates = texts(config.path("ema_rate"));
        var rate = new LearningRate(config.path("lr").asDouble(), 0, config.path("lr_anneal_steps").asInt(0));
        int steps = config.path("steps").asInt();
        var log = new Log(steps);
        var out = c.outputs();
        var losses = new TrainingLosses(Diffusions.of(c));
        try (var network = Network.openForTraining(c, emaRates.size());
                var optimizer = new AdamW(network.arena(), OptimizerKinds.spec(config),
                        emaRates.stream().mapToDouble(Double::parseDouble).toArray())) {
            var step = new TrainStep(network.arena(), optimizer, 0);
            for (int s = 0; s < steps; s++) {
                try (var scope = c.device().scope()) {
                    log.rates[s] = rate.at(s);
                    log.add(s, step.run(rate.at(s), s + 1, parts(c, s, network, losses)), weights(c, s));
                }
            }
            log.put(out);
            put(out, c, network, "out.p.", network.arena().values());
            for (int i = 0; i < emaRates.size(); i++) {
                put(out, c, network, "out.ema" + emaRates.get(i) + ".", network.arena().emas().get(i));
            }
        }
        return out.tensors();
    }

    /** Numbers as they are written, since they are parts of names: a list, or a string with commas. */
    private static List<String> texts(JsonNode rates) {
        return rates.isTextual() ? List.of(rates.asText().split(","))
                : StreamSupport.stream(rates.spliterator(), false).map(JsonNode::asText).toList();
    }

    /** The batch of step {@code s} in pieces of {@code microbatch} samples, the last perhaps smaller. */
    private static List<MicroBatch> parts(CaseContext c, int s, Network network, TrainingLosses losses)
            throws IOException {
        var images = c.image("batch", s);
        var noise = c.image("noise", s);
        var t = indices(c, "t", s);
        var labels = c.has("y") && network.isClassConditional() ? indices(c, "y", s) : null;
        var weights = weights(c, s);
        int n = images.dim(0);
        int size = c.config().path("microbatch").asInt(-1);
        var parts = new ArrayList<MicroBatch>();
        for (int from = 0; from < n; from += size > 0 ? size : n) {
            int first = from;
            int count = Math.min(size > 0 ? size : n, n - from);
            parts.add(new MicroBatch(() -> {
                var y = labels == null ? null : some(labels, first, count);
                return named(losses.of((x, time) -> network.predict(x, time, y, null), some(images, first, count),
                        some(t, first, count), some(noise, first, count)));
            }, some(weights, first, count), 1));
        }
        return parts;
    }

    private static Tensor some(Tensor whole, int first, int count) {
        return Slice.of(whole, 0, first, 1, count);
    }

    private static Tensor indices(CaseContext c, String input, int s) throws IOException {
        var row = CaseContext.row(c.data(input), s);
        var values = row.toLongs();
        var ints = new int[values.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = Math.toIntExact(values[i]);
        }
        return c.device().ofInts(ints, row.intShape());
    }

    /** Importance weights of step {@code s}; 1 where the case has none. */
    private static Tensor weights(CaseContext c, int s) throws IOException {
        if (c.has("t_weights")) {
            return c.upload(CaseContext.row(c.data("t_weights"), s));
        }
        return c.device().full(1, Shape.of(c.data("t").intShape()[1]));
    }

    private static SequencedMap<String, Tensor> named(TrainingLosses.Terms terms) {
        var named = new LinkedHashMap<String, Tensor>();
        named.put(MicroBatch.LOSS, terms.loss());
        if (terms.mse() != null) {
            named.put("mse", terms.mse());
        }
        if (terms.vb() != null) {
            named.put("vb", terms.vb());
        }
        return named;
    }

    private static void put(Outputs out, CaseContext c, Network network, String prefix, ArenaBuffer from) {
        var all = StateDict.read(network.module(), from::of);
        for (var t : c.entry().expected()) {
            var data = t.name().startsWith(prefix) ? all.get(t.name().substring(prefix.length())) : null;
            if (data != null) {
                out.put(t.name(), data);
            }
        }
    }

    /** What the steps tell. */
    private static final class Log {
        private final double[] rates;
        private final double[] gradientNorms;
        private final double[] parameterNorms;
        private final Map<String, List<TensorData>> weighted = new LinkedHashMap<>();

        Log(int steps) {
            rates = new double[steps];
            gradientNorms = new double[steps];
            parameterNorms = new double[steps];
        }

        void add(int s, TrainStep.Outcome outcome, Tensor weights) {
            gradientNorms[s] = outcome.gradientNorm().item();
            parameterNorms[s] = outcome.parameterNorm().item();
            outcome.losses().forEach((name, losses) -> weighted.computeIfAbsent(name, n -> new ArrayList<>())
                    .add(Outputs.dataOf(losses.mul(weights))));
        }

        void put(Outputs out) {
            out.put("out.lr_used", rates).put("out.grad_norm", gradientNorms).put("out.param_norm", parameterNorms);
            weighted.forEach((name, rows) -> out.put("out.weighted_" + name, Outputs.stack(rows)));
        }
    }
}
