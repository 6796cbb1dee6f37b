package anneal.sample;

import anneal.data.ImageDataset;
import anneal.data.Pixels;
import anneal.diffusion.ClassifierFreeGuidance;
import anneal.diffusion.ClassifierGuidance;
import anneal.diffusion.Denoiser;
import anneal.diffusion.GaussianDiffusion;
import anneal.diffusion.LogProbGradient;
import anneal.diffusion.PhiloxNoise;
import anneal.diffusion.ReverseModel;
import anneal.diffusion.Sampler;
import anneal.diffusion.SamplerLoop;
import anneal.diffusion.SamplingStep;
import anneal.diffusion.XstartFilter;
import anneal.kernel.Shape;
import anneal.model.NoisyClassifier;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Samples images from a model, guided by a classifier, by the model's own null class, by both or by nothing.
 *
 * @param classifier of noisy images, or null
 */
public record ImageSampler(Device device, DiffusionModel model, NoisyClassifier classifier) {
    /** Philox stream of the noise. */
    private static final int NOISE = 1;

    /** @throws IllegalArgumentException if the two do not look at the same images */
    public ImageSampler {
        if (classifier != null) {
            int size = classifier.config().trunk().imageSize();
            int channels = classifier.config().trunk().inChannels();
            if (size != model.imageSize() || channels != model.channels()) {
                throw new IllegalArgumentException("the classifier looks at %dx%dx%d images, the model makes %dx%dx%d"
                        .formatted(size, size, channels, model.imageSize(), model.imageSize(), model.channels()));
            }
        }
    }

    /** Guided by nothing but the model itself. */
    public ImageSampler(Device device, DiffusionModel model) {
        this(device, model, null);
    }

    /**
     * All images at once, in memory.
     *
     * @throws IllegalArgumentException if the request asks for what the model cannot do, in one line
     */
    public Samples sample(SampleRequest request) {
        return sample(request, (first, step) -> { });
    }

    /** As {@link #sample(SampleRequest)}, and tells {@code listener} of each step. */
    public Samples sample(SampleRequest request, StepListener listener) {
        var pixels = new ByteArrayOutputStream();
        var labels = new int[request.count()];
        try {
            run(request, new SampleListener() {
                @Override
                public void step(int first, SamplingStep step) {
                    listener.step(first, step);
                }

                @Override
                public void images(int first, byte[] images, int[] asked) {
                    pixels.writeBytes(images);
                    System.arraycopy(asked, 0, labels, first, asked.length);
                }
            }, () -> false);
        } catch (IOException e) {
            throw new IllegalStateException("nothing is written here", e);
        }
        return new Samples(request, model.imageSize(), model.channels(), pixels.toByteArray(), labels,
                model.classNames());
    }

    /**
     * Samples batch after batch; memory does not grow with the number of images.
     *
     * @param cancelled asked before every step
     * @throws java.util.concurrent.CancellationException if it said so
     * @throws IllegalArgumentException if the request asks for what the model cannot do, in one line
     */
    public void run(SampleRequest request, SampleListener listener, BooleanSupplier cancelled) throws IOException {
        check(request);
        var config = model.diffusion().withRespacing(request.respacing(model.diffusion().steps()));
        try (var steps = device.repeatedStep(); var run = device.scope()) {
            var diffusion = new GaussianDiffusion(config, device);
            for (int first = 0; first < request.count(); first += request.batch()) {
                int n = Math.min(request.batch(), request.count() - first);
                int[] samples = IntStream.range(first, first + n).toArray();
                int[] labels = labels(request, samples);
                int start = first;
                try (var batch = device.scope()) {
                    var loop = new SamplerLoop(diffusion, request.algorithm(), s -> listener.step(start, s), cancelled,
                            steps);
                    var shape = Shape.of(n, model.imageSize(), model.imageSize(), model.channels());
                    var noise = new PhiloxNoise(device, request.seed(), NOISE, samples);
                    var x = loop.run(reverse(request, diffusion, loop.sampler(), labels), shape, noise);
                    listener.images(first, toBytes(x), labels);
                }
            }
        }
    }

    private void check(SampleRequest r) {
        int classes = classifier == null ? model.isClassConditional() ? model.unet().config().numClasses() : 0
                : classifier.config().numClasses();
        for (int label : r.labels()) {
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException(classes == 0
                        ? "labels were asked for, but the model has no classes and no classifier was given"
                        : "label " + label + "; the classes are 0.." + (classes - 1));
            }
        }
        if (r.classifierScale() != 0 && (classifier == null || r.labels().isEmpty())) {
            throw new IllegalArgumentException("classifier guidance needs a classifier and labels");
        }
        if (r.guidanceWeight() != 0 && (!model.hasNullClass() || r.labels().isEmpty())) {
            throw new IllegalArgumentException(
                    "classifier-free guidance needs labels and a model that was trained with a null class");
        }
    }

    /** What each sample shall show; {@link ImageDataset#NO_LABEL} where nothing is asked for. */
    private int[] labels(SampleRequest r, int[] samples) {
        if (!r.labels().isEmpty()) {
            return Arrays.stream(samples).map(r::label).toArray();
        }
        if (model.isClassConditional() && !model.hasNullClass()) {
            return Arrays.stream(samples).map(i -> i % model.unet().config().numClasses()).toArray();
        }
        return Arrays.stream(samples).map(i -> ImageDataset.NO_LABEL).toArray();
    }

    private ReverseModel reverse(SampleRequest r, GaussianDiffusion diffusion, Sampler sampler, int[] labels) {
        var filter = r.clipDenoised() ? XstartFilter.clip() : XstartFilter.none();
        var reverse = diffusion.reverse(denoiser(r, labels), filter);
        if (r.classifierScale() == 0) {
            return reverse;
        }
        var gradient = LogProbGradient.ofClassifier(classifier::forward, device.ofInts(labels, labels.length));
        return sampler.guide(reverse, new ClassifierGuidance(diffusion, gradient, r.classifierScale()));
    }

    private Denoiser denoiser(SampleRequest r, int[] labels) {
        if (!model.isClassConditional()) {
            return model.denoiser(null);
        }
        int nothing = model.hasNullClass() ? model.unet().config().nullClassLabel() : ImageDataset.NO_LABEL;
        int[] wanted = Arrays.stream(labels).map(l -> l == ImageDataset.NO_LABEL ? nothing : l).toArray();
        var conditional = model.denoiser(device.ofInts(wanted, wanted.length));
        if (r.guidanceWeight() == 0) {
            return conditional;
        }
        var unconditional = model.denoiser(device.ofInts(Arrays.stream(labels).map(l -> nothing).toArray(), labels.length));
        return new ClassifierFreeGuidance(conditional, unconditional, ClassifierFreeGuidance.Formula.WEIGHT, r.guidanceWeight(),
                ClassifierFreeGuidance.IMAGE_CHANNELS);
    }

    private static byte[] toBytes(Tensor x) {
        float[] values = x.toFloats();
        byte[] bytes = new byte[values.length];
        Pixels.tensorToImage(values, 0, bytes, 0, values.length);
        return bytes;
    }
}
