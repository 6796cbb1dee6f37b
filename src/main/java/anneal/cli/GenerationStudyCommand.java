package anneal.cli;

import anneal.data.Datasets;
import anneal.io.AtomicFiles;
import anneal.io.Json;
import anneal.sample.ColdGenerator;
import anneal.sample.ImageClassifier;
import anneal.sample.ModelCatalog;
import anneal.sample.RestorationModel;
import anneal.study.GenerationStudy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code anneal study generation}: how near to real images a restorer's own are. */
@Command(
        name = "generation",
        header = "Measure how near to real images those are that a restorer generates (Cold Diffusion).",
        description = {
            "",
            "Generates as sample does, with each of the given deviations of the noise that breaks the start's symmetry, and "
                + "prints the Frechet distance to real images in the judge's features. It is not the FID, whose features are "
                + "Inception's."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  anneal study generation --model runs/generate --data fashion-test --judge fashion-judge --symmetry-noise 0,0.002"
        })
final class GenerationStudyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "50",
            description = "Images at once (default: ${DEFAULT-VALUE}). The figures do not depend on it.")
    private int batch;

    @Option(names = "--symmetry-noise", paramLabel = "STD", split = ",", defaultValue = "0,0.002",
            description = "Deviations of the noise that breaks the symmetry (default: ${DEFAULT-VALUE}).")
    private List<Double> deviations;

    @ArgGroup(validate = false, heading = "%nStart:%n")
    private ColdStartOptions start = new ColdStartOptions();

    @Mixin
    private RestorerStudyOptions study;

    @Mixin
    private DeviceOption device;

    /** One deviation's distance. */
    record Row(double symmetryNoise, double frechet) {
    }

    /** The result. */
    record Result(RunRecord run, String model, String weights, String judge, String data, int count, List<Row> rows) {
    }

    @Override
    public Integer call() throws IOException {
        var source = ModelCatalog.shipped().find(study.model());
        var eye = ModelCatalog.shipped().find(study.judge());
        try (var on = device.open(); var opened = RestorationModel.open(source, on);
                var opinion = ImageClassifier.open(eye, on)) {
            var restorer = opened.model();
            var real = Datasets.open(study.data(), restorer.imageSize(), restorer.channels());
            var work = new GenerationStudy(on, opinion, real, study.count(), batch, study.seed());
            var fitted = start.fit(on, restorer, study.model(), study.seed());
            var rows = new ArrayList<Row>();
            int steps = restorer.steps(on);
            long each = (long) steps * Math.ceilDiv(study.count(), batch);
            try (var progress = Progress.start("generate", 0, each * deviations.size(), spec.commandLine().getErr());
                    var stop = Interruption.listen(() -> progress.say("stopping"))) {
                try {
                    for (double deviation : deviations) {
                        long before = each * rows.size();
                        rows.add(new Row(deviation, work.run(new ColdGenerator(on, restorer, fitted, deviation),
                                done -> progress.at(before + done, ""), stop::requested)));
                    }
                } catch (CancellationException e) {
                    return stop.exitCode();
                }
            }
            report(new Result(RunRecord.of(on, study.seed(), spec.root().commandLine().getParseResult().originalArgs()),
                    source.name(), source.digest(), eye.name(), real.description(), study.count(), rows));
        }
        return 0;
    }

    private void report(Result result) throws IOException {
        var to = spec.commandLine().getOut();
        to.printf("%d images beside as many of %s%n%n", result.count, result.data);
        to.println("| noise that breaks the symmetry | Fréchet distance |\n|---|---|");
        for (var row : result.rows) {
            to.printf(Locale.ROOT, "| %s | %.2f |%n", row.symmetryNoise, row.frechet);
        }
        to.flush();
        if (study.out() != null) {
            AtomicFiles.write(study.out(), stream -> stream.write(Json.write(result).getBytes(StandardCharsets.UTF_8)));
        }
    }
}
