package anneal.cli;

import anneal.diffusion.SamplingStep;
import anneal.io.Json;
import anneal.kernel.profile.ProfileReport;
import anneal.model.ModelFile;
import anneal.sample.DiffusionModel;
import anneal.sample.ImageClassifier;
import anneal.sample.ImageSampler;
import anneal.sample.ModelCatalog;
import anneal.sample.ModelMetadata;
import anneal.sample.ModelSource;
import anneal.sample.RestorationModel;
import anneal.sample.SampleListener;
import anneal.sample.SampleRequest;
import anneal.tensor.Device;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code anneal sample}: images from a model. */
@Command(
        name = "sample",
        header = "Sample images from a model, guided or not.",
        customSynopsis = "anneal sample --model RUN [--classifier RUN] [OPTION...]",
        description = {
            "",
            "Writes a picture (.png, with a labelled column for each class and the parameters in its text) or NumPy "
                + "arrays "
                + "(.npz: arr_0 uint8 NHWC, arr_1 labels), and beside it a record of what made it (.json). The same "
                + "seed "
                + "gives the same images, whatever --batch and --threads are."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  anneal sample --model runs/fashion --labels 0-9 --count 80 --out samples.png",
            "  anneal sample --model runs/fashion --classifier runs/fashion-classifier --labels all --guidance 4",
            "  anneal sample --model runs/fashion --cfg-scale 3 --labels Bag,Sandal --count 16",
            "  anneal sample --model runs/fashion --count 1000 --out samples.npz",
            "  anneal sample --model runs/deblur --symmetry-noise 0.002 --out generated.png"
        })
final class SampleCommand implements Callable<Integer> {

    private static final int PER_LABEL = 8;
    private static final int WITHOUT_LABELS = 16;
    private static final int DDIM_STEPS = 25;
    private static final int DDPM_STEPS = 250;

    @Spec
    private CommandSpec spec;

    @Option(names = "--model", paramLabel = "RUN|FILE|NAME", required = true,
            description = "A run directory of train, a file of weights, or the name of a model that comes with Anneal. "
                    + "A restorer (train --cold) generates by Algorithm 2 of Cold Diffusion.")
    private String model;

    @Option(names = "--classifier", paramLabel = "RUN|FILE|NAME",
            description = "A run directory of train-classifier, a file of weights, or a name: guide by its gradient.")
    private String classifier;

    @Option(names = "--ema", paramLabel = "RATE|none",
            description = "Which average of the run's weights to use (default: the slowest).")
    private String ema;

    @Option(names = "--out", paramLabel = "FILE", defaultValue = "samples.png",
            description = "A .png or an .npz file (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--count", paramLabel = "N",
            description = "Images (default: " + PER_LABEL + " for each label, or " + WITHOUT_LABELS + ").")
    private Integer count;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "16",
            description = "Images at once (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
            description = "Of the noise (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", description = "Print the summary as JSON.")
    private boolean json;

    @Mixin
    private DeviceOption device;

    @Mixin
    private ProfileOption profile;

    private Profiling profiling = Profiling.OFF;
    private boolean restores;

    @ArgGroup(validate = false, heading = "%nGuidance:%n", order = 10)
    private GuidanceOptions guidance = new GuidanceOptions();

    @ArgGroup(validate = false, heading = "%nGeneration by a restorer of degraded images (Cold Diffusion):%n", order = 30)
    private ColdOptions cold = new ColdOptions();

    @ArgGroup(validate = false, heading = "%nSampler:%n", order = 20)
    private SamplerOptions sampler = new SamplerOptions();

    /** Which way to walk from noise to images. */
    static final class SamplerOptions {

        @Option(names = "--sampler", paramLabel = "NAME", defaultValue = "ddim",
                description = "ddim or ddpm (default: ${DEFAULT-VALUE}).")
        private String name = "ddim";

        @Option(names = "--steps", paramLabel = "N",
                description = "Evaluations of the network; 0 for every timestep (default: " + DDIM_STEPS + " for ddim, "
                        + DDPM_STEPS + " for ddpm).")
        private Integer steps;

        @Option(names = "--eta", paramLabel = "X", defaultValue = "0",
                description = "DDIM's share of fresh noise, 0 to 1 (default: ${DEFAULT-VALUE}).")
        private double eta;

        @Option(names = "--clip", negatable = true, defaultValue = "true", fallbackValue = "true",
                description = "Keep the estimates of the image within its range (default: yes).")
        private boolean clip = true;

        /** @param all length of the model's process */
        private int steps(int all) {
            return steps != null ? steps : Math.min(all, name.equals("ddpm") ? DDPM_STEPS : DDIM_STEPS);
        }
    }

    /**
     * What {@code --json} prints.
     *
     * @param firstStepSeconds from the call of the program to the end of the first sampling step
     */
    record Summary(String out, String record, int count, int steps, double seconds, double imagesPerSecond,
                   double firstStepSeconds,
                   @JsonUnwrapped PeakMemory peak,
                   @JsonInclude(JsonInclude.Include.NON_NULL) ProfileReport profile) {
    }

    @Override
    public Integer call() throws IOException {
        SampleFiles.of(out);
        var modelFile = ModelCatalog.shipped().find(model, ema);
        var classifierFile = classifier == null ? null : ModelCatalog.shipped().find(classifier);
        profiling = profile.start(device);
        try (var weights = modelFile.open()) {
            return ModelMetadata.isRestorer(weights.metadata()) ? generate(modelFile, weights)
                    : sample(modelFile, weights, classifierFile);
        }
    }

    private int sample(ModelSource modelFile, ModelFile weights, ModelSource classifierFile) throws IOException {
        cold.refuse();
        try (var on = device.open(profiling); var opened = DiffusionModel.open(weights, on);
                var guide = classifierFile == null ? null : ImageClassifier.open(classifierFile, on)) {
            var request = request(opened.model(), guide);
            var words = spec.root().commandLine().getParseResult().originalArgs();
            var record = new SampleRecord(RunRecord.of(on, seed, words), modelFile.toString(),
                    classifierFile == null ? null : classifierFile.toString(), request,
                    opened.model().unet().config(), opened.model().diffusion());
            return sample(on, opened.model(), guide, record);
        }
    }

    private int generate(ModelSource source, ModelFile weights) throws IOException {
        restores = true;
        if (classifier != null || sampler.steps != null || !sampler.name.equals("ddim") || sampler.eta != 0
                || !guidance.isEmpty()) {
            throw new IllegalArgumentException("a restorer of degraded images takes every level in turn and is not "
                    + "told classes: leave out --sampler, --steps, --eta, --labels and all guidance");
        }
        try (var on = device.open(profiling); var opened = RestorationModel.open(weights, on)) {
            var restorer = opened.model();
            var generator = cold.generator(on, restorer, model, seed);
            int steps = restorer.steps(on);
            var request = SampleRequest.of(Objects.requireNonNullElse(count, WITHOUT_LABELS), seed).withBatch(batch)
                    .withSteps(steps);
            var words = spec.root().commandLine().getParseResult().originalArgs();
            var record = new SampleRecord(RunRecord.of(on, seed, words), source.toString(), null, request,
                    opened.memory().config(), null);
            return write(on, record, new SampleFiles.Shape(restorer.imageSize(), restorer.channels()), List.of(), steps,
                    (listener, cancelled) -> generator.run(request.count(), batch, seed, listener, cancelled));
        }
    }

    /** Makes the samples, telling what comes. */
    private interface Making {
        void run(SampleListener listener, BooleanSupplier cancelled) throws IOException;
    }

    private SampleRequest request(DiffusionModel diffusionModel, ImageClassifier guide) {
        if (guide != null) {
            guide.checkFits(diffusionModel);
        }
        var base = new SampleRequest(1, List.of(), batch, sampler.name,
                sampler.steps(diffusionModel.diffusion().steps()), sampler.eta, 0, 0, sampler.clip, seed);
        var guided = guidance.over(base, diffusionModel, guide);
        int usual = guided.labels().isEmpty() ? WITHOUT_LABELS : PER_LABEL * guided.labels().size();
        return guided.withCount(Objects.requireNonNullElse(count, usual));
    }

    private int sample(Device on, DiffusionModel diffusionModel, ImageClassifier guide, SampleRecord record)
            throws IOException {
        var imageSampler = new ImageSampler(on, diffusionModel, guide == null ? null : guide.network());
        var request = record.request();
        int steps = request.steps() == 0 ? diffusionModel.diffusion().steps() : request.steps();
        return write(on, record, new SampleFiles.Shape(diffusionModel.imageSize(), diffusionModel.channels()),
                GuidanceOptions.names(diffusionModel, guide), steps,
                (listener, cancelled) -> imageSampler.run(request, listener, cancelled));
    }

    private int write(Device on, SampleRecord record, SampleFiles.Shape shape, List<String> names, int steps, Making making)
            throws IOException {
        var request = record.request();
        long begin = System.nanoTime();
        var firstStep = new FirstStep();
        try (var progress = Progress.start("sample", 0, (long) request.count() * steps, spec.commandLine().getErr());
                var stop = Interruption.listen(() -> progress.say("stopping; nothing will be written"))) {
            try {
                SampleFiles.of(out).write(out, shape, request, names, record.text(),
                        listener -> making.run(new Watched(listener, progress, profiling, request, firstStep, begin),
                                stop::requested));
            } catch (CancellationException e) {
                return stop.exitCode();
            }
        }
        var profiled = profiling.report();
        var recordFile = out.resolveSibling(out.getFileName() + ".json");
        RunRecord.write(recordFile, record);
        double seconds = (System.nanoTime() - begin) * 1e-9;
        summarise(new Summary(out.toString(), recordFile.toString(), request.count(), steps, seconds,
                request.count() / seconds, firstStep.seconds, PeakMemory.of(on), profiled));
        return 0;
    }

    /** How long the user waited for the first sampling step. */
    private static final class FirstStep {
        private double seconds;

        void end() {
            seconds = seconds == 0 ? StartUp.seconds() : seconds;
        }
    }

    /** Passes images on, and tells how far the work is: in network evaluations, since a batch can take long. */
    private record Watched(SampleListener to, Progress progress, Profiling profiling, SampleRequest request,
                           FirstStep firstStep, long begin) implements SampleListener {
        @Override
        public void step(int first, SamplingStep step) {
            firstStep.end();
            int n = Math.min(request.batch(), request.count() - first);
            long done = (long) first * step.total() + (long) (step.index() + 1) * n;
            double perSecond = done / (double) step.total() / ((System.nanoTime() - begin) * 1e-9);
            profiling.step(done, (long) request.count() * step.total());
            progress.at(done, Figures.three(perSecond) + " images/s");
        }

        @Override
        public void images(int first, byte[] images, int[] labels) throws IOException {
            to.images(first, images, labels);
        }
    }

    private void summarise(Summary s) {
        var to = spec.commandLine().getOut();
        if (json) {
            to.println(Json.write(s));
        } else {
            to.printf("%s: %s images, %d steps of %s each, in %s (%s images/s)%n", s.out, Figures.count(s.count),
                    s.steps, restores ? "Algorithm 2" : sampler.name, Figures.duration(s.seconds), Figures.three(s.imagesPerSecond));
            to.printf("  record       %s%n  peak memory  %s%n", s.record, s.peak);
            to.printf("  first step   done %s after the start%n", Figures.duration(s.firstStepSeconds));
        }
        to.flush();
        profile.print(json ? null : s.profile, spec.commandLine().getErr());
    }
}
