package anneal.parity;

import anneal.diffusion.Denoiser;
import anneal.io.SafeTensors;
import anneal.model.ClassifierConfig;
import anneal.model.ModelConfig;
import anneal.model.NoisyClassifier;
import anneal.model.SuperResConfig;
import anneal.model.SuperResUNet;
import anneal.model.UNet;
import anneal.model.UNetConfig;
import anneal.nn.Module;
import anneal.nn.ParameterArena;
import anneal.nn.StateDict;
import anneal.tensor.Tensor;
import java.io.IOException;

/**
 * A model of the manifest with its weights on the case's device.
 *
 * @param arena its memory, given back by {@link #close}
 */
record Network(Module module, ParameterArena arena) implements AutoCloseable {
    /** What the arena is needed for. */
    enum Use { INFERENCE, GRADIENTS }

    /** The model whose name the config has under {@code key}. */
    static Network open(CaseContext c, String key, Use use) throws IOException {
        var entry = c.manifest().model(c.config().path(key).asText());
        var module = config(entry).build();
        var arena = use == Use.INFERENCE
                ? ParameterArena.forInference(c.device(), module)
                : ParameterArena.forGradients(c.device(), module);
        return loaded(c, entry, new Network(module, arena));
    }

    /** The model under {@code model}, ready for an optimiser with {@code averages} EMAs that start at its weights. */
    static Network openForTraining(CaseContext c, int averages) throws IOException {
        var entry = c.manifest().model(c.config().path("model").asText());
        var module = config(entry).build();
        var network = loaded(c, entry, new Network(module, ParameterArena.forTraining(c.device(), module, averages)));
        network.arena.startEmas();
        return network;
    }

    /** A weight file may carry tensors that only another model of the manifest has. */
    private static Network loaded(CaseContext c, Manifest.Model entry, Network network) throws IOException {
        try (var file = SafeTensors.read(c.manifest().folder().resolve(entry.weightsFile()))) {
            StateDict.loadIgnoringOthers(network.module, c.weights(file.tensors()));
            return network;
        } catch (IOException | RuntimeException e) {
            network.close();
            throw e;
        }
    }

    private static ModelConfig config(Manifest.Model entry) {
        return switch (entry.className()) {
            case "UNetModel" -> UNetConfig.fromGuidedDiffusion(entry.args());
            case "SuperResModel" -> SuperResConfig.fromGuidedDiffusion(entry.args());
            case "EncoderUNetModel" -> ClassifierConfig.fromGuidedDiffusion(entry.args());
            default -> throw new UnsupportedOperationException("models of class " + entry.className());
        };
    }

    /**
     * The network's output for images [N, H, W, C] at timesteps as it knows them.
     *
     * @param labels I32 [N], or null
     * @param lowRes what a super-resolution model enlarges, or null
     */
    Tensor predict(Tensor x, Tensor t, Tensor labels, Tensor lowRes) {
        return switch (module) {
            case UNet unet -> unet.forward(x, t, labels);
            case SuperResUNet unet -> unet.forward(x, t, lowRes, labels);
            default -> throw new UnsupportedOperationException(module.getClass().getSimpleName() + " as a denoiser");
        };
    }

    /** Logits [N, K] of images [N, H, W, C]. */
    Tensor classify(Tensor x, Tensor t) {
        if (module instanceof NoisyClassifier classifier) {
            return classifier.forward(x, t);
        }
        throw new UnsupportedOperationException(module.getClass().getSimpleName() + " as a classifier");
    }

    /** The network as a process sees it, with the case's own conditions. */
    Denoiser denoiser(CaseContext c) throws IOException {
        var conditional = c.config().path("class_cond").asBoolean(true);
        var labels = conditional && isClassConditional() ? c.labels() : null;
        var lowRes = c.has("low_res") ? c.image("low_res") : null;
        return (x, t) -> predict(x, t, labels, lowRes);
    }

    boolean isClassConditional() {
        return module.parameters().containsKey("label_emb.weight");
    }

    @Override
    public void close() {
        arena.close();
    }
}
