package anneal.parity;

import anneal.diffusion.TrainingLosses;
import anneal.io.TensorData;
import anneal.tensor.Softmax;
import anneal.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Function;

/** Whole networks once, forward and backward: the UNet, the noisy classifier, and the loss of a training step. */
final class NetworkKinds {
    private NetworkKinds() {
    }

    static void addTo(Map<String, CaseRunner> kinds) {
        kinds.put("unet", NetworkKinds::unet);
        kinds.put("encoder", NetworkKinds::encoder);
        kinds.put("training_loss", NetworkKinds::trainingLoss);
    }

    private static SequencedMap<String, TensorData> unet(CaseContext c) throws IOException {
        var out = c.outputs();
        try (var network = Network.open(c, "model", Network.Use.GRADIENTS); var tape = c.device().tape()) {
            var x = c.image("x");
            var lowRes = c.has("low_res") ? c.image("low_res") : null;
            network.module().watch(tape);
            var images = Arrays.stream(new Tensor[] {x, lowRes}).filter(Objects::nonNull).toArray(Tensor[]::new);
            tape.watch(images);
            var y = network.predict(x, c.timesteps("t"), c.labels(), lowRes);
            out.putImage("out.y", y);
            var gradients = tape.gradientFrom(y, c.image("g"), images);
            out.putImage("grad.x", gradients[0]);
            if (lowRes != null) {
                out.putImage("grad.low_res", gradients[1]);
            }
            ParameterGradients.put(out, c.entry(), network.module());
        }
        return out.tensors();
    }

    private static SequencedMap<String, TensorData> encoder(CaseContext c) throws IOException {
        var out = c.outputs();
        try (var network = Network.open(c, "model", Network.Use.GRADIENTS)) {
            try (var tape = c.device().tape()) {
                var x = c.image("x");
                network.module().watch(tape);
                tape.watch(x);
                var logits = network.classify(x, c.timesteps("t"));
                out.put("out.logits", logits);
                if (c.has("y")) {
                    out.put("out.log_prob_y", Softmax.logProbability(logits, c.labels()));
                    out.put("out.cross_entropy", Softmax.crossEntropy(logits, c.labels()));
                }
                out.putImage("grad.x", tape.gradientFrom(logits, c.tensor("g"), x)[0]);
                ParameterGradients.put(out, c.entry(), network.module());
            }
            if (c.has("y")) {
                var labels = c.labels();
                var t = c.timesteps("t");
                out.putImage("grad.log_prob_y.x", gradient(c.image("x"),
                        x -> Softmax.logProbability(network.classify(x, t), labels)));
            }
        }
        return out.tensors();
    }

    private static Tensor gradient(Tensor x, Function<Tensor, Tensor> f) {
        try (var tape = x.device().tape()) {
            tape.watch(x);
            return tape.gradient(f.apply(x).sum(), x)[0];
        }
    }

    private static SequencedMap<String, TensorData> trainingLoss(CaseContext c) throws IOException {
        var diffusion = Diffusions.of(c);
        var out = c.outputs();
        try (var network = Network.open(c, "model", Network.Use.GRADIENTS); var tape = c.device().tape()) {
            var xStart = c.image("x_start");
            var t = c.indices("t");
            var noise = c.image("noise");
            out.putImage("out.x_t", diffusion.qSample(xStart, t, noise));
            out.put("out.model_t", diffusion.modelTimesteps(t));
            network.module().watch(tape);
            var terms = new TrainingLosses(diffusion).of(network.denoiser(c), xStart, t, noise);
            ProcessKinds.put(out, terms);
            tape.backward(terms.loss().mean());
            ParameterGradients.put(out, c.entry(), network.module());
        }
        return out.tensors();
    }
}
