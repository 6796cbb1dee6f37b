package anneal.sample;

import anneal.diffusion.DdimSampler;
import anneal.diffusion.DdpmSampler;
import anneal.diffusion.Sampler;
import anneal.diffusion.SpacedTimesteps;
import java.util.Arrays;
import java.util.List;

/**
 * What to sample.
 *
 * @param count           number of images
 * @param labels          classes wanted, sample i gets labels[i mod size]; empty: no class is asked for
 * @param batch           images at once; does not change them
 * @param sampler         {@code ddpm} or {@code ddim}
 * @param steps           network evaluations; 0 for every timestep of the model's process
 * @param eta             DDIM's share of ancestral noise
 * @param classifierScale scale of the classifier's gradient; 0 for none
 * @param guidanceWeight  w of classifier-free guidance, (1+w) cond - w uncond; 0 for none
 * @param clipDenoised    limit the estimates of x_0 to -1..1
 * @param seed            of the noise
 */
public record SampleRequest(int count, List<Integer> labels, int batch, String sampler, int steps, double eta,
                            double classifierScale, double guidanceWeight, boolean clipDenoised, long seed) {
    public SampleRequest {
        labels = List.copyOf(labels);
        require(count >= 1, "count must be 1 or more, got " + count);
        require(batch >= 1, "batch must be 1 or more, got " + batch);
        require(steps >= 0, "steps must be 0 (all) or more, got " + steps);
        require(sampler.equals("ddpm") || sampler.equals("ddim"),
                "no sampler is called '" + sampler + "': use ddpm or ddim");
        require(Double.isFinite(classifierScale), "the classifier's scale must be a number, got " + classifierScale);
        require(Double.isFinite(guidanceWeight), "the guidance weight must be a number, got " + guidanceWeight);
    }

    /** {@code count} images without a wish for classes: 25 steps of deterministic DDIM in batches of 16. */
    public static SampleRequest of(int count, long seed) {
        return new SampleRequest(count, List.of(), 16, "ddim", 25, 0, 0, 0, true, seed);
    }

    public SampleRequest withCount(int images) {
        return new SampleRequest(images, labels, batch, sampler, steps, eta, classifierScale, guidanceWeight,
                clipDenoised, seed);
    }

    public SampleRequest withLabels(List<Integer> wanted) {
        return new SampleRequest(count, wanted, batch, sampler, steps, eta, classifierScale, guidanceWeight,
                clipDenoised, seed);
    }

    /** As {@link #withLabels(List)}. */
    public SampleRequest withLabels(int... wanted) {
        return withLabels(Arrays.stream(wanted).boxed().toList());
    }

    public SampleRequest withBatch(int size) {
        return new SampleRequest(count, labels, size, sampler, steps, eta, classifierScale, guidanceWeight,
                clipDenoised, seed);
    }

    /** @param stepCount evaluations of the network; 0 for every timestep */
    public SampleRequest withSteps(int stepCount) {
        return withSampler(sampler, stepCount, eta);
    }

    /** @param stepCount 0 for every timestep */
    public SampleRequest withSampler(String name, int stepCount, double newEta) {
        return new SampleRequest(count, labels, batch, name, stepCount, newEta, classifierScale, guidanceWeight,
                clipDenoised, seed);
    }

    public SampleRequest withGuidance(double newClassifierScale, double newGuidanceWeight) {
        return new SampleRequest(count, labels, batch, sampler, steps, eta, newClassifierScale, newGuidanceWeight,
                clipDenoised, seed);
    }

    /** @param scale of the classifier's gradient; 0 for none */
    public SampleRequest withClassifierGuidance(double scale) {
        return withGuidance(scale, guidanceWeight);
    }

    /** @param weight w in (1+w) cond - w uncond; 0 for none */
    public SampleRequest withClassifierFreeGuidance(double weight) {
        return withGuidance(classifierScale, weight);
    }

    /** The class that this sample shall show. @throws ArithmeticException if no class is asked for */
    int label(int sample) {
        return labels.get(sample % labels.size());
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    Sampler algorithm() {
        return sampler.equals("ddim") ? new DdimSampler(eta) : new DdpmSampler();
    }

    /**
     * The timesteps to visit, as {@link SpacedTimesteps} reads them: for DDIM an even stride from 0 where there is one
     * (Song et al., appendix D.3), else as many evenly spaced ones.
     *
     * @param all length of the model's process
     */
    String respacing(int all) {
        require(steps <= all, "the model's process has " + all + " timesteps; " + steps + " steps are too many");
        if (steps == 0 || steps == all) {
            return "";
        }
        if (sampler.equals("ddim")) {
            try {
                SpacedTimesteps.select(all, "ddim" + steps);
                return "ddim" + steps;
            } catch (IllegalArgumentException noSuchStride) {
                return Integer.toString(steps);
            }
        }
        return Integer.toString(steps);
    }
}
