package anneal.parity;

import anneal.io.DataException;
import anneal.io.TensorData;
import anneal.io.TorchCheckpoint;
import anneal.model.ConvNextUNetConfig;
import anneal.model.ImageNetwork;
import anneal.model.ResNetUNetConfig;
import anneal.nn.Module;
import anneal.nn.ParameterArena;
import anneal.nn.StateDict;
import anneal.tensor.Tensor;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/**
 * The networks of Cold Diffusion once, forward and backward, with weights of the case's own: {@code y}, {@code grad.*}
 * of the weights, {@code grad_x}, and {@code act.*}, what parts of the network gave.
 */
final class RestorationNetworkKinds {
    private static final String WEIGHT = "param.";
    private static final String PART = "act.";
    private static final int IMAGE_RANK = 4;

    private RestorationNetworkKinds() {
    }

    static void addTo(Map<String, CaseRunner> kinds) {
        kinds.put("unet_convnext", c -> run(c, RestorationNetworkKinds::convNext));
        kinds.put("unet_resnet", c -> run(c, RestorationNetworkKinds::resNet));
    }

    private static Module convNext(JsonNode config) {
        return new ConvNextUNetConfig(config.path("channels").asInt(), config.path("dim").asInt(),
                integers(config.path("dim_mults")), config.path("with_time_emb").asBoolean(true),
                config.path("residual").asBoolean(false), config.path("output_mean_scale").asBoolean(false)).build();
    }

    private static Module resNet(JsonNode config) {
        return new ResNetUNetConfig(config.path("size").asInt(), config.path("channels").asInt(),
                config.path("ch").asInt(), integers(config.path("ch_mult")), config.path("num_res_blocks").asInt(),
                integers(config.path("attn_resolutions")), 0).build();
    }

    private static List<Integer> integers(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asInt).toList();
    }

    private static SequencedMap<String, TensorData> run(CaseContext c, Function<JsonNode, Module> build)
            throws IOException {
        var out = c.outputs();
        var module = build.apply(c.config());
        try (var arena = ParameterArena.forGradients(c.device(), module); var tape = c.device().tape()) {
            StateDict.load(module, checked(c, weights(c)));
            for (var t : c.entry().expected()) {
                if (t.name().startsWith(PART)) {
                    module.observe(t.name().substring(PART.length()), part -> put(out, t.name(), part.detach()));
                }
            }
            var x = c.image("x");
            module.watch(tape);
            tape.watch(x);
            var y = ((ImageNetwork) module).forward(x, c.has("t") ? c.indices("t") : null);
            out.putImage("y", y);
            out.putImage("grad_x", tape.gradientFrom(y, c.image("cotangent"), x)[0]);
            StateDict.gradients(module).forEach((name, gradient) -> out.put("grad." + name, gradient));
        }
        return out.tensors();
    }

    private static Map<String, TensorData> weights(CaseContext c) throws IOException {
        var weights = new LinkedHashMap<String, TensorData>();
        for (var t : c.entry().tensors()) {
            if (t.name().startsWith(WEIGHT)) {
                weights.put(t.name().substring(WEIGHT.length()), c.data(t.name()));
            }
        }
        return weights;
    }

    /** The checkpoint beside the case, where there is one, must hold the same weights. */
    private static Map<String, TensorData> checked(CaseContext c, Map<String, TensorData> weights) throws IOException {
        var file = CheckpointKind.file(c);
        if (file.isPresent()) {
            try (var checkpoint = TorchCheckpoint.read(file.get())) {
                var stored = checkpoint.tensors("");
                boolean same = stored.keySet().equals(weights.keySet()) && weights.entrySet().stream().allMatch(
                        e -> Arrays.equals(e.getValue().toDoubles(), stored.get(e.getKey()).toDoubles()));
                if (!same) {
                    throw DataException.in(file.get(), "has other weights than the case");
                }
            }
        }
        return weights;
    }

    private static void put(Outputs out, String name, Tensor part) {
        if (part.rank() == IMAGE_RANK) {
            out.putImage(name, part);
        } else {
            out.put(name, part);
        }
    }
}
