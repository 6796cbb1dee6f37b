package anneal.train;

import anneal.data.ImageDataset;
import anneal.diffusion.GaussianDiffusion;
import anneal.diffusion.PhiloxNoise;
import anneal.diffusion.TimestepSampler;
import anneal.diffusion.TrainingLosses;
import anneal.io.DataException;
import anneal.io.Json;
import anneal.kernel.AdamWSpec;
import anneal.kernel.Philox;
import anneal.model.ImageNetwork;
import anneal.model.NoisyClassifier;
import anneal.model.UNet;
import anneal.nn.ParameterArena;
import anneal.tensor.Device;
import anneal.tensor.RepeatedStep;
import anneal.tensor.ReplayedStep;
import anneal.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Trains a model in a run directory. What happens in step s follows from the config, the seed and s alone, so a run
 * that is cut off and resumed ends with the same bits as one that is not, and previews, logs and saves change nothing.
 */
public final class TrainingRun implements AutoCloseable {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPS = 1e-8;

    private final RunDirectory directory;
    private final TrainingConfig config;
    private final Device device;
    private final Scope scope;
    private final RepeatedStep repeated;
    private final ReplayedStep replayed;
    private final StepInputs inputs;
    private final StepReport report;
    private final BatchSource batches;
    private final ParameterArena arena;
    private final AdamW optimizer;
    private final TrainStep trainStep;
    private final Objective objective;
    private final TimestepSampler timesteps;
    private TrainingLog log;
    private final LossMeter meter;
    private final ModelWriter writer;
    private final ImageDataset data;
    private final LearningRate learningRate;
    private int step;
    /** Numbers of the samples of the batch at hand. */
    private int[] samples;
    private double seconds;
    private Path lastCheckpoint;
    private final List<String> warnings = new ArrayList<>();

    private TrainingRun(RunDirectory directory, TrainingConfig config, Device device, ImageDataset data) {
        checkData(config, data);
        var o = config.optimization();
        this.directory = directory;
        this.config = config;
        this.device = device;
        this.scope = device.scope();
        this.repeated = device.repeatedStep();
        this.batches = new BatchSource(data, o.batch(), o.seed(), o.flip(),
                config.clean() == null ? 0 : config.clean().maxShift(),
                config.restorer() == null ? null : config.restorer().augmentation());
        var module = config.model().build();
        this.arena = ParameterArena.forTraining(device, module, o.emaRates().size());
        this.optimizer = new AdamW(arena, new AdamWSpec(BETA1, BETA2, EPS, o.weightDecay()),
                o.emaSchedules());
        this.trainStep = new TrainStep(arena, optimizer, o.maxGradientNorm());
        var diffusion = config.diffusion() != null ? new GaussianDiffusion(config.diffusion(), device) : null;
        var restorer = config.restorer();
        var cold = restorer == null ? null
                : restorer.degradation().on(device, config.imageSize(), config.imageChannels());
        this.objective = switch (module) {
            case ImageNetwork network when cold != null ->
                    new Objective.Restore(network, cold, restorer.loss(), o.seed());
            case UNet unet -> new Objective.Denoise(unet, new TrainingLosses(diffusion));
            case NoisyClassifier judge when diffusion == null -> new Objective.ClassifyClean(judge);
            case NoisyClassifier classifier -> new Objective.Classify(classifier, diffusion);
            default -> throw new IllegalArgumentException("no training for a " + config.model().type());
        };
        int steps = cold != null ? cold.steps() : diffusion != null ? diffusion.steps() : 1;
        if (device.hasGraphs() && !objective.isReplayable()) {
            throw new IllegalArgumentException("every batch's degradation has random parts of its own, so that a step "
                    + "cannot be recorded as a graph; train without graphs");
        }
        this.inputs = new StepInputs(device, o.batch(), config.imageSize(), config.imageChannels());
        this.report = new StepReport(device, LogLine.losses(config), o.batch());
        this.replayed = repeated.of(this::deviceStep);
        this.timesteps = TimestepSampler.named(o.timestepSampler(), steps);
        this.meter = new LossMeter(steps);
        this.learningRate = o.learningRateSchedule();
        this.data = data;
        this.writer = new ModelWriter(directory, config, arena, data.classNames());
    }

    private void begin() throws IOException {
        arena.initialise(config.optimization().seed());
        log = new TrainingLog(directory.folder(), LogLine.columns(config), TrainingLog.Position.START);
    }

    /** Goes on from the newest checkpoint that can be used, setting later ones aside; without any from the start. */
    private void goOn() throws IOException {
        List<Path> all = directory.checkpoints().reversed();
        List<DataException> refused = new ArrayList<>();
        for (Path checkpoint : all) {
            try {
                restore(checkpoint);
                break;
            } catch (DataException e) {
                refused.add(e);
            }
        }
        if (all.isEmpty()) {
            begin();
            return;
        }
        if (refused.size() == all.size()) {
            var newest = refused.getFirst();
            throw all.size() == 1 ? newest
                    : new DataException(newest.getMessage() + "; no older checkpoint can be used either", newest);
        }
        for (int i = 0; i < refused.size(); i++) {
            warnings.add("%s; it was set aside as %s, going on from %s".formatted(refused.get(i).getMessage(),
                    directory.setAside(all.get(i)).getFileName(), lastCheckpoint.getFileName()));
        }
    }

    private void restore(Path checkpoint) throws IOException {
        var state = TrainingState.load(checkpoint, arena, config);
        try {
            timesteps.restore(state.sampler());
            meter.restore(state.meter());
        } catch (IllegalArgumentException e) {
            throw DataException.in(checkpoint, "%s", e.getMessage());
        }
        log = new TrainingLog(directory.folder(), LogLine.columns(config), state.log());
        step = state.step();
        seconds = state.seconds();
        lastCheckpoint = checkpoint;
    }

    private static void checkData(TrainingConfig config, ImageDataset data) {
        if (data.height() != config.imageSize() || data.width() != config.imageSize()
                || data.channels() != config.imageChannels()) {
            throw new IllegalArgumentException("the model takes %dx%dx%d images, the data set has %dx%dx%d: %s".formatted(
                    config.imageSize(), config.imageSize(), config.imageChannels(), data.height(), data.width(),
                    data.channels(), data.description()));
        }
        if (config.classes() > 0 && data.classes() != config.classes()) {
            throw new IllegalArgumentException("the model has %d classes, the data set %d: %s".formatted(
                    config.classes(), data.classes(), data.description()));
        }
    }

    /**
     * Begins a run in a new folder.
     *
     * @throws DataException if there is a run in it already, or what is left of one
     */
    public static TrainingRun start(RunDirectory directory, TrainingConfig config, Device device, ImageDataset data)
            throws IOException {
        if (Files.exists(directory.config())) {
            throw DataException.in(directory.folder(), "holds a run already; add --resume to go on with it, or choose "
                    + "another --out");
        }
        var remains = directory.remains();
        if (remains.isPresent()) {
            throw DataException.in(directory.folder(), "has no config.json, but holds %s, which a new run would write "
                    + "over; choose another --out", remains.get().getFileName());
        }
        return open(new TrainingRun(directory, config, device, data), TrainingRun::begin);
    }

    /**
     * Goes on with a run from its newest checkpoint, or from the start if it has none yet. A checkpoint that cannot be
     * used is set aside for the one before it ({@link #warnings} says so); what the logs say of later steps is cut off.
     *
     * @param config as when it was begun, but for the number of steps
     * @throws DataException if there is none, it was begun with another config (the message names what differs), or
     *                       none of its checkpoints can be used; nothing is changed then
     */
    public static TrainingRun resume(RunDirectory directory, TrainingConfig config, Device device, ImageDataset data)
            throws IOException {
        List<String> differences = configOf(directory.folder()).differences(config);
        if (!differences.isEmpty()) {
            throw DataException.in(directory.folder(),
                    "was begun with another config (the run's value, the wanted one): %s",
                    String.join("; ", differences));
        }
        return open(new TrainingRun(directory, config, device, data), TrainingRun::goOn);
    }

    private interface Opening {
        void apply(TrainingRun run) throws IOException;
    }

    private static TrainingRun open(TrainingRun run, Opening opening) throws IOException {
        try {
            opening.apply(run);
            run.directory.writeText(run.directory.config(), Json.write(run.config));
            return run;
        } catch (IOException | RuntimeException e) {
            try (run) {
                throw e;
            }
        }
    }

    /** The config of the run in a folder; throws DataException if there is none. */
    public static TrainingConfig configOf(Path folder) throws IOException {
        var file = RunDirectory.config(folder);
        if (!Files.exists(file)) {
            throw DataException.in(folder, "holds no run to resume: there is no config.json");
        }
        try {
            return Json.read(Files.readString(file), TrainingConfig.class);
        } catch (IllegalArgumentException e) {
            throw DataException.in(file, "%s", e.getMessage());
        }
    }

    /** Numbers that are trained. */
    public long parameters() {
        return arena.module().parameterCount();
    }

    /** What a person should know about how the run was found, a line each; mostly empty. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** Steps done. */
    public int step() {
        return step;
    }

    /** Seconds of training so far, in this process and those before it. */
    public double seconds() {
        return seconds;
    }

    /**
     * Trains until the config's number of steps is done or {@code cancelled} says so, and saves.
     *
     * @return whether all steps are done
     * @throws TrainingDiverged if a loss or a gradient is not finite; nothing is saved then
     * @throws DataException    if a file cannot be written, or an image not be read; what was saved before is whole,
     *                          and the message names it
     */
    public boolean run(Cadence cadence, TrainingListener listener, BooleanSupplier cancelled) throws IOException {
        try {
            return steps(cadence, listener, cancelled);
        } catch (IOException e) {
            var stopped = "; training stopped at step %d, %s".formatted(step, lastGood());
            throw new DataException(e.getMessage() + stopped, e);
        }
    }

    private boolean steps(Cadence cadence, TrainingListener listener, BooleanSupplier cancelled) throws IOException {
        int total = config.optimization().steps();
        var preview = new Preview(directory, config, device, arena, data);
        while (step < total && !cancelled.getAsBoolean()) {
            long begin = System.nanoTime();
            double loss = oneStep();
            double elapsed = (System.nanoTime() - begin) * 1e-9;
            seconds += elapsed;
            listener.step(step, total, loss, config.optimization().batch() / elapsed);
            if (Cadence.isDue(cadence.logEvery(), step)) {
                listener.logged(writeLine());
            }
            if (Cadence.isDue(cadence.previewEvery(), step)) {
                preview.draw(step).ifPresent(picture -> listener.preview(step, picture));
            }
            if (Cadence.isDue(cadence.saveEvery(), step) && step < total) {
                listener.saved(step, save());
            }
        }
        listener.saved(step, save());
        return step >= total;
    }

    private Path save() throws IOException {
        var file = directory.checkpoint(step);
        var state = new TrainingState(step, seconds, log.sync(), timesteps.state(), meter.state());
        state.save(file, arena, config);
        lastCheckpoint = file;
        writer.write(step);
        directory.pruneCheckpoints();
        return file;
    }

    private Map<String, Object> writeLine() throws IOException {
        var line = LogLine.of(step, config, seconds, learningRate.at(step - 1), meter.drain());
        log.append(line);
        return line;
    }

    /** One optimiser step; returns the mean loss. */
    private double oneStep() throws IOException {
        var batch = batches.at(step);
        var draw = timesteps.draw(config.optimization().seed(), Streams.TIMESTEP, step, batch.samples());
        inputs.write(batch, withLabelDropout(batch), draw, step);
        optimizer.prepare(learningRate.at(step), step + 1L);
        samples = batch.samples();
        replayed.run();
        return report(draw.timesteps());
    }

    /** What of a step happens on the device, and is the same every time. */
    private void deviceStep() {
        List<MicroBatch> parts = new ArrayList<>();
        int batch = config.optimization().batch();
        int n = config.optimization().imagesAtOnce();
        for (int from = 0; from < batch; from += n) {
            parts.add(part(from, Math.min(batch, from + n)));
        }
        report.keep(trainStep.run(parts));
        objective.dropout().evaluate();
    }

    /** Samples from..to-1 of the batch; their tensors are made when the part's turn comes. */
    private MicroBatch part(int from, int to) {
        long seed = config.optimization().seed();
        return new MicroBatch(() -> {
            var in = inputs.part(from, to);
            var noise = new PhiloxNoise(seed, Streams.NOISE, in.samples(), inputs.position());
            objective.dropout().train(seed, in.samples(), inputs.position());
            objective.prepare(step, Arrays.copyOfRange(samples, from, to));
            return objective.losses(in.images(), config.classes() == 0 ? null : in.labels(), in.timesteps(),
                    noise.draw(in.images().shape()));
        }, inputs.weights(from, to), (double) (to - from) / config.optimization().batch());
    }

    private int[] withLabelDropout(Batch batch) {
        int[] labels = batch.labels().clone();
        long seed = config.optimization().seed();
        for (int i = 0; config.labelDropout() > 0 && i < labels.length; i++) {
            double u = Philox.stream(seed, Streams.LABEL_DROPOUT, batch.samples()[i], step).nextDouble();
            labels[i] = u < config.labelDropout() ? config.unet().nullClassLabel() : labels[i];
        }
        return labels;
    }

    /** Reads the step's losses, refuses what is not finite, tells the sampler and the meter; counts the step. */
    private double report(int[] t) {
        var losses = report.losses();
        double gradientNorm = report.gradientNorm();
        double[] loss = losses.get(MicroBatch.LOSS);
        double mean = Arrays.stream(loss).average().orElseThrow();
        if (!Double.isFinite(mean) || !Double.isFinite(gradientNorm)) {
            throw new TrainingDiverged("step %d: the loss is %s and the gradient's norm %s; %s".formatted(step + 1, mean,
                    gradientNorm, lastGood()));
        }
        timesteps.update(t, loss);
        losses.forEach((name, values) -> meter.add(name, t, values));
        meter.add(LogLine.GRADIENT_NORM, gradientNorm);
        meter.add(LogLine.PARAMETER_NORM, report.parameterNorm());
        step++;
        return mean;
    }

    private String lastGood() {
        return lastCheckpoint == null ? "nothing was saved before it" : "the last good checkpoint is " + lastCheckpoint;
    }

    @Override
    public void close() throws IOException {
        try {
            if (log != null) {
                log.close();
            }
        } finally {
            replayed.close();
            repeated.close();
            optimizer.close();
            arena.close();
            scope.close();
        }
    }
}
