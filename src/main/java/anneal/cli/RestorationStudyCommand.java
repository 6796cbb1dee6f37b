package anneal.cli;

import anneal.data.Datasets;
import anneal.diffusion.cold.ColdConfig;
import anneal.io.AtomicFiles;
import anneal.io.Json;
import anneal.sample.ImageClassifier;
import anneal.sample.ModelCatalog;
import anneal.sample.RestorationModel;
import anneal.sample.RestorationSheet;
import anneal.study.RestorationStudy;
import anneal.tensor.Device;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code anneal study restoration}: Cold Diffusion's tables. */
@Command(
        name = "restoration",
        header = "Measure how well a model restores degraded images (Cold Diffusion's tables).",
        description = {
            "",
            "Degrades images of a test set and restores them in one step, by Algorithm 1 and by Algorithm 2. Root mean "
                + "squared error, structural similarity and peak signal-to-noise ratio are taken to the originals; the "
                + "Frechet distance is one of the judge's features, not the FID, whose features are Inception's."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  anneal study restoration --model runs/deblur --data mnist/t10k-images-idx3-ubyte --judge runs/mnist-judge"
        })
final class RestorationStudyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--t", paramLabel = "LEVEL", defaultValue = "0",
            description = "How far to degrade; 0 stands for the worst (default: ${DEFAULT-VALUE}).")
    private int level;

    @Mixin
    private RestorerStudyOptions study;

    @Mixin
    private DeviceOption device;

    /** The result. */
    record Result(RunRecord run, String model, String weights, ColdConfig degradation, String data, int count, int level,
                  String judge, String judgeWeights, List<RestorationStudy.Row> rows) {
    }

    @Override
    public Integer call() throws IOException {
        var source = ModelCatalog.shipped().find(study.model());
        var eye = ModelCatalog.shipped().find(study.judge());
        try (var on = device.open(); var opened = RestorationModel.open(source, on);
                var opinion = ImageClassifier.open(eye, on)) {
            var restorer = opened.model();
            var set = Datasets.open(study.data(), restorer.imageSize(), restorer.channels());
            var work = new RestorationStudy(on, restorer, opinion, set, study.count(), level, study.seed());
            List<RestorationStudy.Row> rows;
            try (var progress = Progress.start("restore", 0, work.work(), spec.commandLine().getErr());
                    var stop = Interruption.listen(() -> progress.say("stopping"))) {
                try {
                    rows = work.run(done -> progress.at(done, ""), stop::requested);
                } catch (CancellationException e) {
                    return stop.exitCode();
                }
            }
            report(new Result(RunRecord.of(on, study.seed(), spec.root().commandLine().getParseResult().originalArgs()),
                    source.name(), source.digest(), restorer.cold(), set.description(), study.count(), level, eye.name(),
                    eye.digest(), rows), on);
        }
        return 0;
    }

    private void report(Result result, Device on) throws IOException {
        var to = spec.commandLine().getOut();
        to.printf("%d images of %s, degraded by %s (%s)%n%n", result.count, result.data, result.degradation.task(),
                result.degradation);
        to.println("| | Fréchet distance | SSIM | RMSE | PSNR, dB |\n|---|---|---|---|---|");
        for (var row : result.rows) {
            to.printf(Locale.ROOT, "| %s | %.3f | %.3f | %.3f | %.2f |%n", RestorationSheet.name(row.stage()),
                    row.frechet(), row.ssim(), row.rmse(), row.psnr());
        }
        to.printf("%npeak memory %s%n", PeakMemory.of(on));
        to.flush();
        if (study.out() != null) {
            AtomicFiles.write(study.out(), stream -> stream.write(Json.write(result).getBytes(StandardCharsets.UTF_8)));
        }
    }
}
