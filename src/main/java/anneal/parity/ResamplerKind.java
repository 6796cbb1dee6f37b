package anneal.parity;

import anneal.diffusion.LossSecondMomentSampler;
import anneal.diffusion.TimestepSampler;
import anneal.diffusion.UniformSampler;
import anneal.io.FileType;
import anneal.io.TensorData;
import java.io.IOException;
import java.util.Arrays;
import java.util.SequencedMap;

/** Timestep samplers: their weights after each batch of losses, and what they make of them. */
final class ResamplerKind implements CaseRunner {
    @Override
    public SequencedMap<String, TensorData> run(CaseContext c) throws IOException {
        int steps = c.config().path("num_timesteps").asInt();
        var out = c.outputs();
        var name = c.config().path("sampler").asText();
        TimestepSampler sampler = switch (name) {
            case "uniform" -> new UniformSampler(steps);
            case "loss-second-moment" -> new LossSecondMomentSampler(steps,
                    c.config().path("history_per_term").asInt(10), c.config().path("uniform_prob").asDouble(0.001));
            default -> throw new UnsupportedOperationException("timestep sampler '" + name + "'");
        };
        if (c.has("ts")) {
            feed(c, sampler, out);
        } else {
            out.put("out.weights", sampler.weights());
        }
        out.put("out.probabilities", sampler.probabilities());
        var importance = sampler.importanceWeights(c.ints("indices"));
        out.put("out.importance_weights", TensorData.of(importance, importance.length).cast(FileType.F32));
        return out.tensors();
    }

    private static void feed(CaseContext c, TimestepSampler sampler, Outputs out) throws IOException {
        var ts = c.data("ts");
        int rows = Math.toIntExact(ts.shape()[0]);
        int columns = Math.toIntExact(ts.shape()[1]);
        var timesteps = c.ints("ts");
        var losses = c.doubles("losses");
        var weights = new double[rows * sampler.steps()];
        var warmedUp = new int[rows];
        for (int row = 0; row < rows; row++) {
            int from = row * columns;
            sampler.update(Arrays.copyOfRange(timesteps, from, from + columns),
                    Arrays.copyOfRange(losses, from, from + columns));
            System.arraycopy(sampler.weights(), 0, weights, row * sampler.steps(), sampler.steps());
            warmedUp[row] = sampler instanceof LossSecondMomentSampler s && s.isWarmedUp() ? 1 : 0;
        }
        out.put("out.weights", TensorData.of(weights, rows, sampler.steps()));
        out.put("out.warmed_up", warmedUp);
        var state = sampler.state();
        out.put("out.loss_history", TensorData.of(state.lossHistory(), sampler.steps(),
                state.lossHistory().length / sampler.steps()));
        out.put("out.loss_counts", state.lossCounts());
    }
}
