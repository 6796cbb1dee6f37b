package anneal.parity;

import anneal.diffusion.cold.Degradation;
import anneal.diffusion.cold.Levels;
import anneal.diffusion.cold.RestorationLoss;
import anneal.io.TensorData;
import anneal.nn.ArenaBuffer;
import anneal.nn.ParameterArena;
import anneal.nn.StateDict;
import anneal.tensor.Tensor;
import anneal.train.AdamW;
import anneal.train.EmaSchedule;
import anneal.train.MicroBatch;
import anneal.train.TrainStep;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/** Cold Diffusion's loss with its gradients, and its training loop on given batches. */
final class ColdTrainingKinds {
    private ColdTrainingKinds() {
    }

    static void addTo(Map<String, CaseRunner> kinds) {
        kinds.put("loss", ColdTrainingKinds::loss);
        kinds.put("train_loop", ColdTrainingKinds::trainLoop);
    }

    private static SequencedMap<String, TensorData> loss(CaseContext c) throws IOException {
        var degradation = new ColdSetup(c).training(c.config().path("family").asText());
        var level = Levels.ofCodeTimes(c.device(), degradation, c.ints("t"));
        var out = c.outputs();
        var network = TinyRestorer.of(c);
        try (var arena = ParameterArena.forGradients(c.device(), network)) {
            network.load(c);
            for (var loss : RestorationLoss.values()) {
                arena.zeroGradients();
                try (var tape = c.device().tape()) {
                    network.watch(tape);
                    var terms = loss.of(network::restore, degradation, c.image("x0"), level);
                    var mean = terms.loss().mean();
                    tape.backward(mean);
                    var name = loss.name().toLowerCase(Locale.ROOT);
                    out.put(name + ".loss", mean.reshape(1));
                    out.putImage("x_t", terms.degraded()).putImage("pred", terms.prediction());
                    StateDict.gradients(network).forEach((p, gradient) -> out.put(name + ".grad." + p, gradient));
                }
            }
        }
        return out.tensors();
    }

    private static SequencedMap<String, TensorData> trainLoop(CaseContext c) throws IOException {
        var config = c.config();
        var degradation = new ColdSetup(c).training("blur");
        var ema = EmaSchedule.settling(config.path("ema_decay").asDouble(), config.path("update_ema_every").asInt(),
                config.path("step_start_ema").asInt());
        double rate = config.path("lr").asDouble();
        int steps = config.path("steps").asInt();
        int accumulate = config.path("accumulate").asInt();
        var losses = new ArrayList<TensorData>();
        var history = new LinkedHashMap<String, List<TensorData>>();
        var network = TinyRestorer.of(c);
        try (var arena = ParameterArena.forTraining(c.device(), network, 1)) {
            network.load(c);
            arena.startEmas();
            try (var optimizer = new AdamW(arena, OptimizerKinds.spec(config), List.of(ema))) {
                var step = new TrainStep(arena, optimizer, 0);
                for (int s = 0; s < steps; s++) {
                    try (var scope = c.device().scope()) {
                        var outcome = step.run(rate, s + 1, parts(c, network, degradation, s * accumulate, accumulate));
                        var each = outcome.losses().get(MicroBatch.LOSS);
                        losses.add(Outputs.dataOf(each.reshape(accumulate, each.dim(0) / accumulate).meanPerSample()));
                    }
                    remember(history, "param.", network, arena.values());
                    remember(history, "ema.", network, arena.emas().getFirst());
                }
            }
        }
        var out = c.outputs();
        history.forEach((name, values) -> out.put(name, Outputs.stack(values)));
        return out.put("losses", losses.stream().map(TensorData::toDoubles).flatMapToDouble(Arrays::stream).toArray())
                .tensors();
    }

    /** The micro-batches from number {@code first} on; each adds its part to the mean. */
    private static List<MicroBatch> parts(CaseContext c, TinyRestorer network, Degradation degradation, int first,
                                          int count) throws IOException {
        var loss = RestorationLoss.valueOf(c.config().path("loss").asText().toUpperCase(Locale.ROOT));
        var t = c.ints("t");
        int n = t.length / c.data("t").intShape()[0];
        var parts = new ArrayList<MicroBatch>();
        for (int k = first; k < first + count; k++) {
            Tensor x = c.image("x0", k);
            Tensor level = Levels.ofCodeTimes(c.device(), degradation, Arrays.copyOfRange(t, k * n, (k + 1) * n));
            parts.add(new MicroBatch(() -> {
                var named = new LinkedHashMap<String, Tensor>();
                named.put(MicroBatch.LOSS, loss.of(network::restore, degradation, x, level).loss());
                return named;
            }, null, 1.0 / count));
        }
        return parts;
    }

    private static void remember(Map<String, List<TensorData>> history, String prefix, TinyRestorer network,
                                 ArenaBuffer from) {
        StateDict.read(network, from::of).forEach((name, data) ->
                history.computeIfAbsent(prefix + name, n -> new ArrayList<>()).add(data));
    }
}
