package anneal.parity;

import anneal.diffusion.ClassifierGuidance;
import anneal.diffusion.DdimReverse;
import anneal.diffusion.DdimSampler;
import anneal.diffusion.DdpmSampler;
import anneal.diffusion.GaussianDiffusion;
import anneal.diffusion.LogProbGradient;
import anneal.diffusion.NoiseSource;
import anneal.diffusion.RecordedNoise;
import anneal.diffusion.ReverseModel;
import anneal.diffusion.Sampler;
import anneal.diffusion.SamplerLoop;
import anneal.diffusion.SamplingStep;
import anneal.diffusion.VariationalBound;
import anneal.io.TensorData;
import anneal.tensor.Tensor;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Runs through a whole process with a network: sampling, with and without guidance, and the bound. */
final class SamplingKinds {
    private SamplingKinds() {
    }

    static void addTo(Map<String, CaseRunner> kinds) {
        kinds.put("sample", SamplingKinds::sample);
        kinds.put("calc_bpd_loop", SamplingKinds::bound);
    }

    /** What a run left behind, step by step. */
    private static final class Recording {
        private final List<TensorData> samples = new ArrayList<>();
        private final List<TensorData> predXstart = new ArrayList<>();
        private final List<Double> modelT = new ArrayList<>();
        private final List<TensorData> gradients = new ArrayList<>();
        /** Where a step leaves the classifier's gradient; null without a classifier. */
        private Tensor gradient;

        void step(SamplingStep s) {
            samples.add(Outputs.imageOf(s.x()));
            predXstart.add(Outputs.imageOf(s.predXstart()));
            modelT.add(s.modelTimestep());
            if (gradient != null) {
                gradients.add(Outputs.imageOf(gradient));
            }
        }

        Outputs put(Outputs out) {
            out.put("out.samples", Outputs.stack(samples));
            out.put("out.pred_xstart", Outputs.stack(predXstart));
            out.put("out.model_t", modelT.stream().mapToDouble(t -> t).toArray());
            if (!gradients.isEmpty()) {
                out.put("out.cond_grads", Outputs.stack(gradients));
            }
            return out;
        }
    }

    private static SequencedMap<String, TensorData> sample(CaseContext c) throws IOException {
        var diffusion = Diffusions.of(c);
        var sampler = sampler(c.config());
        var recording = new Recording();
        try (var network = Network.open(c, "model", Network.Use.INFERENCE)) {
            var model = diffusion.reverse(network.denoiser(c), Diffusions.filter(c.config()));
            if (c.config().hasNonNull("classifier")) {
                try (var classifier = Network.open(c, "classifier", Network.Use.INFERENCE)) {
                    run(c, diffusion, sampler, guided(c, diffusion, sampler, model, classifier, recording), recording);
                }
            } else {
                run(c, diffusion, sampler, model, recording);
            }
        }
        return recording.put(c.outputs()).tensors();
    }

    private static Sampler sampler(JsonNode config) {
        var name = config.path("sampler").asText();
        return switch (name) {
            case "ddpm" -> new DdpmSampler();
            case "ddim" -> new DdimSampler(config.path("eta").asDouble(0));
            case "ddim_reverse" -> new DdimReverse();
            default -> throw new UnsupportedOperationException("sampler '" + name + "'");
        };
    }

    private static ReverseModel guided(CaseContext c, GaussianDiffusion diffusion, Sampler sampler, ReverseModel model,
                                       Network classifier, Recording recording) throws IOException {
        double scale = c.config().path("classifier_scale").asDouble(1);
        var gradient = LogProbGradient.ofClassifier(classifier::classify, c.labels());
        var kept = c.device().empty(initial(c).shape());
        recording.gradient = kept;
        LogProbGradient recorded = (x, t) -> {
            var g = gradient.of(x, t);
            kept.copyFrom(g.mul(scale));
            return g;
        };
        return sampler.guide(model, new ClassifierGuidance(diffusion, recorded, scale));
    }

    private static void run(CaseContext c, GaussianDiffusion diffusion, Sampler sampler, ReverseModel model,
                            Recording recording) throws IOException {
        var loop = new SamplerLoop(diffusion, sampler, recording::step, () -> false);
        loop.run(model, initial(c), c.has("noise") ? new RecordedNoise(draws(c, "noise")) : NoiseSource.none());
    }

    /** Where a run starts. */
    private static Tensor initial(CaseContext c) throws IOException {
        return c.has("x0") ? c.image("x0") : c.image("noise", 0);
    }

    /** Recorded noise [draws, N, C, H, W] with its channels last. */
    private static Tensor draws(CaseContext c, String input) throws IOException {
        return c.tensor(input).permute(0, 1, 3, 4, 2);
    }

    private static SequencedMap<String, TensorData> bound(CaseContext c) throws IOException {
        var diffusion = Diffusions.of(c);
        try (var network = Network.open(c, "model", Network.Use.INFERENCE)) {
            var bpd = new VariationalBound(diffusion).evaluate(network.denoiser(c), c.image("x_start"),
                    new RecordedNoise(draws(c, "noise")), Diffusions.filter(c.config()));
            return c.outputs()
                    .put("out.total_bpd", bpd.totalBpd())
                    .put("out.prior_bpd", bpd.priorBpd())
                    .put("out.vb", bpd.vb())
                    .put("out.xstart_mse", bpd.xstartMse())
                    .put("out.mse", bpd.mse())
                    .tensors();
        }
    }
}
