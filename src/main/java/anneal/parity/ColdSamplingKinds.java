package anneal.parity;

import anneal.diffusion.SamplingStep;
import anneal.diffusion.cold.AuthorsVariants;
import anneal.diffusion.cold.Blend;
import anneal.diffusion.cold.Blur;
import anneal.diffusion.cold.BlurSchedule;
import anneal.diffusion.cold.ColdLoop;
import anneal.diffusion.cold.ColdSampler;
import anneal.diffusion.cold.Degradation;
import anneal.diffusion.cold.EightBit;
import anneal.diffusion.cold.LabColour;
import anneal.diffusion.cold.Levels;
import anneal.io.TensorData;
import anneal.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Cold Diffusion's ways back from degraded images. Each case lists runs by the names of the authors' functions, such as
 * {@code all_sample.default}; what is in them is told run by run.
 */
final class ColdSamplingKinds {
    private static final String FINAL = ".final";
    private static final String ALGORITHM_1 = "default";
    private static final String ALGORITHM_2 = "x0_step_down";
    private static final String EXACT = "forward_and_backward";
    /** What the blur program adds to a start that has become one colour, and takes off its result. */
    private static final double DISCRETE_NOISE = 0.001;

    private ColdSamplingKinds() {
    }

    static void addTo(Map<String, CaseRunner> kinds) {
        kinds.put("sample_blur", ColdSamplingKinds::blur);
        kinds.put("sample_fade", c -> plain(c, "fade"));
        kinds.put("sample_fade_naive", c -> plain(c, "fade_naive"));
        kinds.put("sample_resolution", c -> plain(c, "resolution"));
        kinds.put("sample_fadegen", ColdSamplingKinds::colourFade);
        kinds.put("sample_snow", ColdSamplingKinds::snow);
        kinds.put("sample_decolor", ColdSamplingKinds::desaturation);
        kinds.put("sample_mix", ColdSamplingKinds::blend);
        kinds.put("sample_noise", ColdSamplingKinds::blend);
    }

    /** A run that a case asks for: the original's function and, after a dot, the algorithm. */
    record Run(String name) {
        String function() {
            return name.split("\\.")[0];
        }

        /** Algorithm 1 or 2 as the paper has them; those without a name are Algorithm 2. */
        ColdSampler sampler() {
            var algorithm = name.contains(".") ? name.substring(name.indexOf('.') + 1) : ALGORITHM_2;
            return switch (algorithm) {
                case ALGORITHM_1 -> ColdSampler.naive();
                case ALGORITHM_2 -> ColdSampler.improved();
                default -> throw new UnsupportedOperationException("sampling algorithm '" + algorithm + "'");
            };
        }

        boolean isAlgorithm1() {
            return name.endsWith(ALGORITHM_1);
        }
    }

    static List<Run> runs(CaseContext c) {
        return c.entry().expected().stream().map(Manifest.Entry::name).filter(n -> n.endsWith(FINAL))
                .map(n -> new Run(n.substring(0, n.length() - FINAL.length()))).toList();
    }

    /** Walks back from {@code start} at {@code level} and writes down what the network saw and said. */
    static Tensor walk(CaseContext c, Outputs out, String name, Degradation degradation, ColdSampler sampler,
                       Tensor start, int level) throws IOException {
        var seen = new ArrayList<TensorData>();
        var restored = new ArrayList<TensorData>();
        seen.add(Outputs.imageOf(start));
        try (var network = TinyRestorer.open(c)) {
            var loop = new ColdLoop(degradation, network.restorer(), sampler, (SamplingStep step) -> {
                seen.add(Outputs.imageOf(step.x()));
                restored.add(Outputs.imageOf(step.predXstart()));
            }, () -> false, null);
            var last = loop.run(start, level);
            out.put(name + ".x_in", Outputs.stack(seen.subList(0, seen.size() - 1)));
            out.put(name + ".xhat", Outputs.stack(restored));
            out.putImage(name + FINAL, last);
            return last;
        }
    }

    private static Tensor walk(CaseContext c, Outputs out, Run run, Degradation degradation, ColdSampler sampler,
                               Tensor start) throws IOException {
        return walk(c, out, run.name(), degradation, sampler, start, degradation.steps());
    }

    private static Tensor worst(Degradation degradation, Tensor x) {
        return degradation.degrade(x, Levels.same(x.device(), degradation, degradation.steps(), x.dim(0)));
    }

    /** Both algorithms as the paper has them, from the last level; in 8 bits there where the case says discrete. */
    private static SequencedMap<String, TensorData> plain(CaseContext c, String family) throws IOException {
        var setup = new ColdSetup(c);
        var degradation = setup.degradation(family);
        var start = worst(degradation, c.image("x0"));
        var out = c.outputs();
        for (var run : runs(c)) {
            walk(c, out, run, degradation, run.sampler(), setup.isDiscrete() ? EightBit.truncate(start) : start);
        }
        return out.tensors();
    }

    private static SequencedMap<String, TensorData> blur(CaseContext c) throws IOException {
        var setup = new ColdSetup(c);
        var degradation = setup.degradation("blur");
        boolean individual = setup.blurSchedule().routine() == BlurSchedule.Routine.INDIVIDUAL_INCREMENTAL;
        var kernels = individual ? Blur.ofSingleKernels(c.device(), setup.blurSchedule(), setup.size()) : null;
        var start = worst(individual ? kernels : degradation, c.image("x0"));
        var out = c.outputs();
        for (var run : runs(c)) {
            var sampler = individual ? individual(run, kernels) : run.sampler();
            double noise = noise(c, run, setup.isDiscrete());
            var from = noise == 0 ? start : start.add(c.image("noise").mul(noise));
            var last = walk(c, out, run, degradation, sampler, from);
            if (noise != 0 && run.function().equals("all_sample")) {
                out.putImage(run.name() + FINAL, last.sub(c.image("noise").mul(noise)));
            }
        }
        return out.tensors();
    }

    private static ColdSampler individual(Run run, Degradation kernels) {
        return switch (run.function()) {
            case "all_sample" -> AuthorsVariants.individualSequential(kernels);
            case "sample" -> run.isAlgorithm1() ? AuthorsVariants.individualNaive(kernels) : run.sampler();
            default -> run.sampler();
        };
    }

    private static double noise(CaseContext c, Run run, boolean discrete) {
        return switch (run.function()) {
            case "all_sample" -> discrete ? DISCRETE_NOISE : 0;
            case "gen_sample" -> c.config().path("gen_noise_level").asDouble();
            default -> 0;
        };
    }

    private static SequencedMap<String, TensorData> colourFade(CaseContext c) throws IOException {
        var setup = new ColdSetup(c);
        var colour = setup.colour();
        var degradation = setup.colourFade().towards(colour);
        var shape = colour.shape().with(1, setup.size()).with(2, setup.size());
        var start = c.device().zeros(shape).add(colour);
        var out = c.outputs();
        for (var run : runs(c)) {
            double noise = noise(c, run, false);
            walk(c, out, run, degradation, run.sampler(),
                    noise == 0 ? start : start.add(c.image("noise").mul(noise)));
        }
        return out.tensors();
    }

    private static SequencedMap<String, TensorData> snow(CaseContext c) throws IOException {
        var setup = new ColdSetup(c);
        var snow = setup.snow();
        var out = c.outputs();
        var start = worst(snow, c.image("x0"));
        for (var run : runs(c)) {
            walk(c, out, run, snow, lagging(run), start);
        }
        return out.put("layers", ColdDegradationKinds.layers(c, snow, setup.flakes().layers())).tensors();
    }

    private static ColdSampler lagging(Run run) {
        if (run.function().equals(EXACT)) {
            return ColdSampler.improved();
        }
        return run.isAlgorithm1() ? AuthorsVariants.laggingNaive() : AuthorsVariants.laggingImproved();
    }

    private static SequencedMap<String, TensorData> desaturation(CaseContext c) throws IOException {
        var setup = new ColdSetup(c);
        var desaturation = setup.desaturation();
        var x = setup.isLab() ? new LabColour(c.device()).fromRgb(c.image("x0")) : c.image("x0");
        var start = worst(desaturation, x);
        var grey = desaturation.grey(x);
        var out = c.outputs();
        for (var run : runs(c)) {
            walk(c, out, run, desaturation, lagging(run), run.function().equals("all_sample") ? grey : start);
        }
        return out.tensors();
    }

    /** Animorphosis and hot noise: the end is estimated at each step, or known. */
    private static SequencedMap<String, TensorData> blend(CaseContext c) throws IOException {
        var blend = new ColdSetup(c).blend();
        var out = c.outputs();
        for (var run : runs(c)) {
            switch (run.function()) {
                case "estimated" -> {
                    var start = c.image("start");
                    walk(c, out, run, blend.towards(start), ColdSampler.estimatedEnd(blend), start);
                    putEstimates(c, out, run, blend);
                }
                case "fixed" -> {
                    var end = c.image("start");
                    double noise = c.config().path("gen_noise_level").asDouble();
                    walk(c, out, run, blend.towards(end), ColdSampler.improved(),
                            noise == 0 ? end : end.add(c.image("noise").mul(noise)));
                }
                case EXACT -> {
                    var degradation = blend.towards(c.image("noise"));
                    walk(c, out, run, degradation, ColdSampler.improved(), worst(degradation, c.image("x0")));
                }
                default -> throw new UnsupportedOperationException("sampling function '" + run.function() + "'");
            }
        }
        return out.tensors();
    }

    /** The end that each step took, from what the network saw and said. */
    private static void putEstimates(CaseContext c, Outputs out, Run run, Blend blend) {
        var seen = out.tensors().get(run.name() + ".x_in");
        var restored = out.tensors().get(run.name() + ".xhat");
        var estimates = new ArrayList<TensorData>();
        for (int k = 0; k < blend.steps(); k++) {
            var x = image(c, seen, k);
            var level = Levels.same(c.device(), blend.towards(x), blend.steps() - k, x.dim(0));
            estimates.add(Outputs.imageOf(blend.estimate(x, image(c, restored, k), level)));
        }
        out.put(run.name() + ".est_noise", Outputs.stack(estimates));
    }

    private static Tensor image(CaseContext c, TensorData images, int k) {
        var t = c.upload(CaseContext.row(images, k));
        return t.permute(Axes.channelsLast(t.rank()));
    }
}
