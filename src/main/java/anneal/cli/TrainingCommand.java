package anneal.cli;

import anneal.data.Datasets;
import anneal.data.ImageDataset;
import anneal.io.DataException;
import anneal.io.Json;
import anneal.tensor.Device;
import anneal.train.RunDirectory;
import anneal.train.TrainingConfig;
import anneal.train.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What both training commands do: put a config together from a preset (or from the run that is resumed) and the options
 * over it, train, and tell what came of it.
 */
abstract class TrainingCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--preset", paramLabel = "NAME",
            description = "Recipe to start from: fashion, mnist or tiny, for some trainings others, too (default: "
                    + "fashion). All else is laid over it.")
    private String preset;

    @Option(names = "--data", paramLabel = "SET",
            description = {
                "What to train on: fashion (the full set if it is installed, otherwise the embedded images), "
                    + "fashion-embedded, a folder or file in IDX format, or a folder of pictures with a sub-folder for "
                    + "each class (default: the preset's)."})
    private String data;

    @Option(names = "--out", paramLabel = "FOLDER", required = true, description = "The run directory.")
    private Path out;

    @Option(names = "--resume",
            description = "Go on with the run in --out where it was saved last. Its own config counts; options that "
                    + "are given again must say the same, but --steps may be raised.")
    private boolean resume;

    @Option(names = "--json", description = "Print the summary as JSON.")
    private boolean json;

    @Mixin
    private DeviceOption device;

    @Mixin
    private ProfileOption profile;

    private Profiling profiling = Profiling.OFF;

    @ArgGroup(validate = false, heading = "%nOptimisation (defaults: the preset's):%n", order = 10)
    private OptimizationOptions optimization = new OptimizationOptions();

    @ArgGroup(validate = false, heading = "%nNetwork (defaults: the preset's):%n", order = 20)
    private TrunkOptions trunk = new TrunkOptions();

    @ArgGroup(validate = false, heading = "%nDiffusion process (defaults: the preset's):%n", order = 30)
    private ProcessOptions process = new ProcessOptions();

    @ArgGroup(validate = false, heading = "%nReports:%n", order = 40)
    private CadenceOptions cadence = new CadenceOptions();

    /** The recipe of that name. */
    abstract TrainingConfig preset(String name);

    /** One word for the progress bar. */
    abstract String task();

    /** @throws IllegalArgumentException in one line, if it is the other command that trains such a model */
    abstract void check(TrainingConfig config);

    /** The options laid over {@code base}, for this data. */
    abstract TrainingConfig fit(TrainingConfig base, ImageDataset set);

    /** What to do with a finished run. */
    abstract String next(Path run);

    TrunkOptions trunk() {
        return trunk;
    }

    ProcessOptions process() {
        return process;
    }

    @Override
    public Integer call() throws IOException {
        device.requireUsualConvolutions();
        checkFolder();
        var history = RunHistory.read(out);
        var base = base(history);
        check(base);
        var set = Datasets.open(base.data(), trunk.imageSize(base.imageSize()),
                trunk.imageChannels(base.imageChannels()));
        var config = fit(base, set);
        profiling = profile.start(device);
        try (var opened = device.open(profiling); var directory = RunDirectory.open(out)) {
            return train(opened, directory, config, set, history);
        }
    }

    private void checkFolder() throws IOException {
        boolean exists = Files.exists(out.resolve("config.json"));
        if (exists && !resume) {
            throw DataException.in(out, "holds a run already; add --resume to go on with it, or choose another --out");
        }
        if (!exists && resume) {
            throw DataException.in(out, "holds no run to resume: there is no config.json");
        }
    }

    /** The preset's config, or the run's, with what can be laid over it before the data is known. */
    private TrainingConfig base(RunHistory history) throws IOException {
        TrainingConfig base;
        if (resume) {
            history.requirePrecision(out, device.precision());
            base = TrainingRun.configOf(out);
            if (preset != null && history.preset() != null && !preset.equals(history.preset())) {
                throw DataException.in(out, "was begun with --preset %s, not %s", history.preset(), preset);
            }
        } else {
            base = preset(presetName());
        }
        var spec = data == null ? base.data() : Datasets.absolute(data);
        return base.withData(spec).withOptimization(optimization.over(base.optimization()));
    }

    private String presetName() {
        return preset == null ? "fashion" : preset;
    }

    private int train(Device on, RunDirectory directory, TrainingConfig config, ImageDataset set, RunHistory history)
            throws IOException {
        try (var run = resume ? TrainingRun.resume(directory, config, on, set)
                : TrainingRun.start(directory, config, on, set)) {
            var words = spec.root().commandLine().getParseResult().originalArgs();
            var known = resume ? history : RunHistory.begun(presetName(), device.precision());
            RunRecord.write(RunHistory.file(out), known.with(RunRecord.of(on, config.optimization().seed(), words)));
            announce(on, config, set, run);
            return run(on, config, run);
        }
    }

    private void announce(Device on, TrainingConfig config, ImageDataset set, TrainingRun run) {
        var err = spec.commandLine().getErr();
        err.println(set.description());
        run.warnings().forEach(line -> err.println("warning: " + line));
        err.printf("%s of %s parameters on %s%s%n", config.model().type(), Figures.large(run.parameters()), on,
                run.step() == 0 ? "" : "; going on after step " + Figures.count(run.step()));
        err.flush();
    }

    private int run(Device on, TrainingConfig config, TrainingRun run) throws IOException {
        int from = run.step();
        double before = run.seconds();
        var progress = new TrainingProgress(task(), from, config.optimization().steps(), spec.commandLine().getErr(),
                profiling);
        boolean completed;
        int exit;
        try (progress; var stop = Interruption.listen(
                () -> progress.say("stopping after this step and saving; Ctrl-C again stops at once"))) {
            completed = run.run(cadence.cadence(), progress, stop::requested);
            exit = completed ? 0 : stop.exitCode();
        }
        var profiled = profiling.report();
        double seconds = run.seconds() - before;
        double images = (double) (run.step() - from) * config.optimization().batch();
        summarise(new TrainingSummary(out.toString(), run.step(), config.optimization().steps(), completed, seconds,
                seconds > 0 ? images / seconds : 0, progress.loss(), PeakMemory.of(on),
                progress.checkpoint().toString(), weights(), completed ? next(out) : resumeCommand(), profiled));
        return exit;
    }

    private String resumeCommand() {
        return "%s %s --out %s --resume%s".formatted(Main.program(), spec.name(), out, device.words());
    }

    private List<String> weights() throws IOException {
        try (var files = Files.newDirectoryStream(out, "{model,ema-*}.safetensors")) {
            return StreamSupport.stream(files.spliterator(), false)
                    .map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private void summarise(TrainingSummary summary) {
        var to = spec.commandLine().getOut();
        if (json) {
            to.println(Json.write(summary));
        } else {
            summary.print(to);
        }
        to.flush();
        profile.print(json ? null : summary.profile(), spec.commandLine().getErr());
    }
}
