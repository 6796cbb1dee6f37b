package anneal.model;

import anneal.io.SafeTensorsFile;
import anneal.io.TensorData;
import anneal.kernel.Shape;
import anneal.nn.Module;
import anneal.nn.ParameterArena;
import anneal.nn.StateDict;
import anneal.nn.WeightLayout;
import anneal.tensor.Device;
import anneal.tensor.Softmax;
import anneal.tensor.Tensor;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** One forward and backward pass of a network, and what the original got. */
record NetworkCase(NetworkFixtures fixtures, JsonNode node) {
    String name() {
        return node.get("name").asText();
    }

    @Override
    public String toString() {
        return name();
    }

    private JsonNode model() {
        return fixtures.manifest().get("models").get(node.get("config").get("model").asText());
    }

    ModelConfig config() {
        var args = model().get("args");
        return switch (model().get("class").asText()) {
            case "UNetModel" -> UNetConfig.fromGuidedDiffusion(args);
            case "SuperResModel" -> SuperResConfig.fromGuidedDiffusion(args);
            case "EncoderUNetModel" -> ClassifierConfig.fromGuidedDiffusion(args);
            default -> throw new IllegalStateException(model().get("class").asText());
        };
    }

    /** The worst tensor of a run. {@code error} is 1 at the bar. */
    record Worst(String tensor, double error) {
        Worst or(String other, double otherError) {
            return Double.isFinite(otherError) && otherError <= error ? this : new Worst(other, otherError);
        }
    }

    /**
     * Runs the case.
     *
     * @param exact compare in relative norm, to 1e-9 where the file holds float64 and to 1e-6 where it was rounded to
     *              float32; else by the manifest's bars for float32
     */
    Worst worst(Device device, boolean exact) throws IOException {
        try (var file = fixtures.open(node.get("file").asText());
             var weights = fixtures.open(model().get("weights_file").asText())) {
            var got = compute(device, file, weights);
            var worst = new Worst("nothing", 0);
            for (var spec : node.get("tensors")) {
                var tensor = spec.get("name").asText();
                if (!tensor.startsWith("in.") && !spec.path("role").asText().equals("info")) {
                    var want = file.get(tensor);
                    worst = worst.or(tensor, exact ? relative(spec, want, derived(spec, got))
                            : overBar(spec, want.toDoubles(), derived(spec, got)));
                }
            }
            return worst;
        }
    }

    private Map<String, double[]> compute(Device device, SafeTensorsFile file, SafeTensorsFile weights)
            throws IOException {
        var module = config().build();
        try (var arena = ParameterArena.forGradients(device, module); var scope = device.scope()) {
            StateDict.loadIgnoringOthers(module, weights.tensors());
            var out = new LinkedHashMap<String, double[]>();
            if (module instanceof NoisyClassifier classifier) {
                logProbability(device, file, classifier, out);
            }
            network(device, file, module, out);
            StateDict.gradients(module).forEach((name, data) -> out.put("grad.p." + name, data.toDoubles()));
            return out;
        }
    }

    private static void logProbability(Device device, SafeTensorsFile file, NoisyClassifier classifier,
                                       Map<String, double[]> out) throws IOException {
        var x = image(device, file.get("in.x"));
        var y = labels(device, file.get("in.y"));
        try (var tape = device.tape()) {
            tape.watch(x);
            var logits = classifier.forward(x, vector(device, file.get("in.t")));
            out.put("out.cross_entropy", Softmax.crossEntropy(logits, y).toDoubles());
            var logProbability = Softmax.logProbability(logits, y);
            out.put("out.log_prob_y", logProbability.toDoubles());
            out.put("grad.log_prob_y.x", nchw(tape.gradient(logProbability.sum(), x)[0]));
        }
    }

    private static void network(Device device, SafeTensorsFile file, Module module, Map<String, double[]> out)
            throws IOException {
        var x = image(device, file.get("in.x"));
        var t = vector(device, file.get("in.t"));
        var y = file.tensors().containsKey("in.y") ? labels(device, file.get("in.y")) : null;
        var lowRes = file.tensors().containsKey("in.low_res") ? image(device, file.get("in.low_res")) : null;
        try (var tape = device.tape()) {
            module.watch(tape);
            tape.watch(x);
            if (lowRes != null) {
                tape.watch(lowRes);
            }
            var result = switch (module) {
                case UNet unet -> unet.forward(x, t, y);
                case SuperResUNet superRes -> superRes.forward(x, t, lowRes, y);
                case NoisyClassifier classifier -> classifier.forward(x, t);
                default -> throw new IllegalStateException(module.getClass().getName());
            };
            boolean images = result.rank() == 4;
            out.put(images ? "out.y" : "out.logits", images ? nchw(result) : result.toDoubles());
            var seed = images ? image(device, file.get("in.g")) : vector(device, file.get("in.g"));
            var wrt = lowRes == null ? new Tensor[] {x} : new Tensor[] {x, lowRes};
            var gradients = tape.gradientFrom(result, seed, wrt);
            out.put("grad.x", nchw(gradients[0]));
            if (lowRes != null) {
                out.put("grad.low_res", nchw(gradients[1]));
            }
        }
    }

    /** NCHW is to NHWC what a convolution's weight in a checkpoint is to ours. */
    private static Tensor image(Device device, TensorData data) {
        int[] s = data.intShape();
        var shape = Shape.of(s[0], s[2], s[3], s[1]);
        return device.of(WeightLayout.CONV2D.fromCheckpoint(data.toDoubles(), shape), shape.toArray());
    }

    private static double[] nchw(Tensor t) {
        return WeightLayout.CONV2D.toCheckpoint(t.toDoubles(), t.shape());
    }

    private static Tensor vector(Device device, TensorData data) {
        return device.of(data.toDoubles(), data.intShape());
    }

    private static Tensor labels(Device device, TensorData data) {
        return device.ofInts(Arrays.stream(data.toLongs()).mapToInt(Math::toIntExact).toArray(), data.intShape());
    }

    /** A tensor of the case from what was computed: parts and projections of large gradients included. */
    private static double[] derived(JsonNode spec, Map<String, double[]> got) {
        var name = spec.get("name").asText();
        if (name.startsWith("gsub.")) {
            var all = got.get("grad." + name.substring(5));
            int stride = spec.get("stride").asInt();
            var part = new double[Math.ceilDiv(all.length, stride)];
            Arrays.setAll(part, i -> all[i * stride]);
            return part;
        }
        return name.startsWith("gproj.") ? projections(got.get("grad." + name.substring(6))) : got.get(name);
    }

    private static double[] projections(double[] g) {
        var sums = new double[4];
        for (int i = 0; i < g.length; i++) {
            sums[0] += g[i];
            sums[1] += g[i] * g[i];
            sums[2] += g[i] * Math.cos(0.7 * i + 0.1);
            sums[3] += g[i] * Math.sin(1.3 * i + 0.5);
        }
        sums[1] = Math.sqrt(sums[1]);
        Arrays.setAll(sums, k -> sums[k] / Math.sqrt(g.length));
        return sums;
    }

    private static double relative(JsonNode spec, TensorData data, double[] got) {
        var want = data.toDoubles();
        checkLength(want, got);
        if (spec.path("zero_by_symmetry").asBoolean(false)) {
            return Arrays.stream(got).map(Math::abs).max().orElse(0) / 1e-9;
        }
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < want.length; i++) {
            difference += (got[i] - want[i]) * (got[i] - want[i]);
            norm += want[i] * want[i];
        }
        return Math.sqrt(difference / norm) / (data.type().bytes() == 8 ? 1e-9 : 1e-6);
    }

    private static double overBar(JsonNode spec, double[] want, double[] got) {
        checkLength(want, got);
        double worst = 0;
        for (int i = 0; i < want.length; i++) {
            double bar = spec.get("atol").asDouble() + spec.get("rtol").asDouble() * Math.abs(want[i]);
            double error = Math.abs(got[i] - want[i]) / bar;
            worst = error <= worst ? worst : error;
        }
        return worst;
    }

    private static void checkLength(double[] want, double[] got) {
        if (got == null || got.length != want.length) {
            throw new IllegalStateException("expected " + want.length + " numbers, got "
                    + (got == null ? "none" : got.length));
        }
    }
}
