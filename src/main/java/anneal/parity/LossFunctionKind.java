package anneal.parity;

import anneal.diffusion.Losses;
import anneal.io.TensorData;
import anneal.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** Divergences and likelihoods element by element, and the gradients of sum(out * g) that the case lists. */
final class LossFunctionKind implements CaseRunner {
    private static final String GRADIENT = "grad.";

    @Override
    public SequencedMap<String, TensorData> run(CaseContext c) throws IOException {
        var arguments = new LinkedHashMap<String, Tensor>();
        var watched = c.entry().expected().stream().map(Manifest.Entry::name).filter(n -> n.startsWith(GRADIENT))
                .map(n -> n.substring(GRADIENT.length())).toArray(String[]::new);
        var out = c.outputs();
        try (var tape = c.device().tape()) {
            for (var name : watched) {
                arguments.put(name, c.tensor(name));
                tape.watch(arguments.get(name));
            }
            var y = apply(c, arguments, out);
            if (watched.length > 0) {
                var gradients = tape.gradientFrom(y, c.tensor("g"),
                        Arrays.stream(watched).map(arguments::get).toArray(Tensor[]::new));
                for (int i = 0; i < watched.length; i++) {
                    out.put(GRADIENT + watched[i], gradients[i]);
                }
            }
        }
        return out.tensors();
    }

    private static Tensor apply(CaseContext c, LinkedHashMap<String, Tensor> given, Outputs out) throws IOException {
        var name = c.config().path("fn").asText();
        return switch (name) {
            case "normal_kl" -> put(out, "out.kl", Losses.normalKl(argument(c, given, "mean1"),
                    argument(c, given, "logvar1"), argument(c, given, "mean2"), argument(c, given, "logvar2")));
            case "approx_standard_normal_cdf" -> put(out, "out.cdf",
                    Losses.approxStandardNormalCdf(argument(c, given, "x")));
            case "discretized_gaussian_log_likelihood" -> put(out, "out.log_probs",
                    Losses.discretizedGaussianLogLikelihood(argument(c, given, "x"), argument(c, given, "means"),
                            argument(c, given, "log_scales")));
            default -> throw new UnsupportedOperationException("loss function '" + name + "'");
        };
    }

    private static Tensor put(Outputs out, String name, Tensor y) {
        out.put(name, y);
        return y;
    }

    /** A tensor of the case, or a number of its config. */
    private static Tensor argument(CaseContext c, LinkedHashMap<String, Tensor> given, String name) throws IOException {
        if (given.containsKey(name)) {
            return given.get(name);
        }
        return c.has(name) ? c.tensor(name) : c.device().scalar(c.config().path(name).asDouble());
    }
}
