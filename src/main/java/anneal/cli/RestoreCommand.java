package anneal.cli;

import anneal.data.Datasets;
import anneal.data.Pixels;
import anneal.diffusion.cold.ColdConfig;
import anneal.io.ByteImage;
import anneal.io.DataException;
import anneal.io.ImageFiles;
import anneal.io.Json;
import anneal.io.Png;
import anneal.metric.ImageSimilarity;
import anneal.sample.ModelCatalog;
import anneal.sample.ModelSource;
import anneal.sample.Restoration;
import anneal.sample.Restoration.Stage;
import anneal.sample.RestorationModel;
import anneal.sample.RestorationSheet;
import anneal.tensor.Device;
import anneal.train.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code anneal restore}: degraded images, and what a network makes of them. */
@Command(
        name = "restore",
        header = "Degrade images and restore them (Cold Diffusion).",
        description = {
            "",
            "Writes one picture: a row for each image, with columns for the original, the degraded image, the direct "
                + "reconstruction in one step, Algorithm 1 (naive) and Algorithm 2 (improved) of Cold Diffusion, and "
                + "below each its root mean squared error and structural similarity."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  anneal restore --degradation blur --out grid.png --strip steps.png",
            "  anneal restore --model runs/deblur --out grid.png",
            "  anneal restore --model runs/deblur --t 10 --algorithm 2 picture.png --out grid.png"
        })
final class RestoreCommand implements Callable<Integer> {

    /** Columns to restore into. */
    enum Algorithm {
        ALL(Stage.DIRECT, Stage.ALGORITHM_1, Stage.ALGORITHM_2),
        DIRECT(Stage.DIRECT),
        NAIVE(Stage.ALGORITHM_1),
        IMPROVED(Stage.ALGORITHM_2);

        private final List<Stage> stages;

        Algorithm(Stage... stages) {
            this.stages = List.of(stages);
        }

        static Algorithm named(String name) {
            return switch (name) {
                case "all" -> ALL;
                case "direct" -> DIRECT;
                case "1" -> NAIVE;
                case "2" -> IMPROVED;
                default -> throw new IllegalArgumentException("--algorithm " + name + ": use 1, 2, direct or all");
            };
        }
    }

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "PICTURE|SET",
            description = "What to degrade: a picture of the model's size, or what train's --data takes (default: "
                    + "embedded test images of MNIST or Fashion-MNIST, whichever the model was trained on; of a run on "
                    + "other images, these).")
    private String in;

    @Option(names = "--model", paramLabel = "RUN|FILE|NAME",
            description = "A run directory of train --cold, a file of its weights, or the name of a model that comes "
                    + "with Anneal (default: the one for --degradation).")
    private String model;

    @Option(names = "--ema", paramLabel = "RATE|none",
            description = "Which average of the run's weights to use (default: the slowest).")
    private String ema;

    @Option(names = "--degradation", paramLabel = "NAME",
            description = "The degradation: without --model blur, mask, resolution or snow, for which a model comes "
                    + "with Anneal; with it, what the model must have been trained for, to be sure.")
    private String degradation;

    @Option(names = "--t", paramLabel = "LEVEL", defaultValue = "0",
            description = "How far to degrade: 1 is the least, 0 stands for the worst (default: ${DEFAULT-VALUE}).")
    private int level;

    @Option(names = "--algorithm", paramLabel = "NAME", defaultValue = "all",
            description = "1, 2, direct or all (default: ${DEFAULT-VALUE}).")
    private String algorithm;

    @Option(names = "--count", paramLabel = "N", defaultValue = "8",
            description = "Images of a data set, the first ones (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
            description = "Of masks, snow and noise (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--out", paramLabel = "FILE.png", required = true, description = "The picture to write.")
    private Path out;

    @Option(names = "--strip", paramLabel = "FILE.png",
            description = "Write one more picture: the first image's way through the levels by both algorithms.")
    private Path strip;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private DeviceOption device;

    /** What {@code --json} prints. */
    record Summary(String out, ColdConfig degradation, int level, int images, Map<String, Similarity> stages) {
    }

    /**
     * How much restored images resemble the originals.
     *
     * @param rmse over all pixels, in 0..1
     * @param ssim mean over the images; null if they are too small for it
     * @param psnr mean over the images, in decibels
     */
    record Similarity(double rmse, Double ssim, double psnr) {
        static Similarity of(ImageSimilarity s, int size) {
            return new Similarity(s.rmse(), RestorationSheet.hasSsim(size) ? s.ssim() : null,
                    Arrays.stream(s.psnrPerImage()).average().orElseThrow());
        }
    }

    @Override
    public Integer call() throws IOException {
        var stages = Algorithm.named(algorithm).stages;
        if (count < 1) {
            throw new IllegalArgumentException("--count must be 1 or more, got " + count);
        }
        if (strip != null && !stages.contains(Stage.ALGORITHM_1) && !stages.contains(Stage.ALGORITHM_2)) {
            throw new IllegalArgumentException("--strip shows the steps of Algorithm 1 and 2; " + algorithm
                    + " takes none");
        }
        var source = ModelCatalog.shipped().find(modelName(), ema);
        try (var on = device.open(); var opened = RestorationModel.open(source, on)) {
            var restorer = opened.model();
            if (degradation != null && !degradation.equals(restorer.cold().task())) {
                throw new IllegalArgumentException("the model restores from %s; it was not trained for '%s'"
                        .formatted(restorer.cold().task(), degradation));
            }
            return restore(on, restorer, images(restorer, source), stages);
        }
    }

    private String modelName() {
        if (model != null) {
            return model;
        }
        if (degradation == null) {
            throw new IllegalArgumentException("give --model, or a --degradation for which a model comes with Anneal: "
                    + String.join(", ", ModelCatalog.shipped().restorers()));
        }
        return ModelCatalog.shipped().restorer(degradation);
    }

    private List<ByteImage> images(RestorationModel restorer, ModelSource source) throws IOException {
        int size = restorer.imageSize();
        var file = in == null ? null : Path.of(in);
        if (file != null && Files.isRegularFile(file) && ImageFiles.isImage(file)) {
            var picture = ImageFiles.read(file);
            if (picture.height() != size || picture.width() != size || picture.channels() != restorer.channels()) {
                throw DataException.in(file, "is a picture of %dx%dx%d, the model restores %dx%dx%d", picture.height(),
                        picture.width(), picture.channels(), size, size, restorer.channels());
            }
            return List.of(picture);
        }
        var set = Datasets.open(in == null ? usual(source) : in, size, restorer.channels());
        var images = new ArrayList<ByteImage>();
        for (int i = 0; i < Math.min(count, set.size()); i++) {
            images.add(set.image(i));
        }
        return images;
    }

    /** Images for a model, where none are named: embedded ones of the kind that it was trained on, or what it was. */
    private String usual(ModelSource source) throws IOException {
        if (source.file() == null) {
            return "mnist-test";
        }
        var run = Path.of(modelName());
        var data = Files.isDirectory(run) ? TrainingRun.configOf(run).data() : "fashion";
        var name = data.toLowerCase(Locale.ROOT);
        return name.contains("fashion") ? "fashion-test" : name.contains("mnist") ? "mnist-test" : data;
    }

    private int restore(Device on, RestorationModel restorer, List<ByteImage> images, List<Stage> stages)
            throws IOException {
        var x = new float[images.size() * images.getFirst().pixels().length];
        for (int i = 0; i < images.size(); i++) {
            var image = images.get(i);
            Pixels.imageToTensor(image.pixels(), 0, image.height(), image.width(), image.channels(), false, x,
                    i * image.pixels().length);
        }
        var steps = new RestorationStrip(restorer.imageSize(), restorer.channels());
        Restoration.Result result;
        try (var stop = Interruption.listen(() -> spec.commandLine().getErr().println("stopping"))) {
            try {
                result = new Restoration(on, restorer).run(new Restoration.Request(x, level, seed, 0, stages),
                        strip == null ? (stage, step) -> { } : steps, stop::requested);
            } catch (CancellationException e) {
                return stop.exitCode();
            }
        }
        var text = Map.of("anneal.degradation", Json.write(restorer.cold()));
        Png.write(out, new RestorationSheet(result).draw(), text);
        if (strip != null) {
            Png.write(strip, steps.draw(result), text);
        }
        var words = spec.root().commandLine().getParseResult().originalArgs();
        RunRecord.write(out.resolveSibling(out.getFileName() + ".json"), RunRecord.of(on, seed, words));
        print(restorer, result, images.size());
        return 0;
    }

    private void print(RestorationModel restorer, Restoration.Result result, int count) {
        var found = new LinkedHashMap<String, Similarity>();
        result.images().keySet().stream().filter(s -> s != Stage.ORIGINAL)
                .forEach(s -> found.put(RestorationSheet.name(s), Similarity.of(result.similarity(s), result.size())));
        var to = spec.commandLine().getOut();
        if (json) {
            to.println(Json.write(new Summary(out.toString(), restorer.cold(), result.level(), count, found)));
        } else {
            to.printf("%s: %d images, degraded by %s to level %d%n", out, count, restorer.cold().task(),
                    result.level());
            found.forEach((name, s) -> to.printf(Locale.ROOT, "  %-14s RMSE %.4f%s  PSNR %.2f dB%n", name, s.rmse,
                    s.ssim == null ? "" : String.format(Locale.ROOT, "  SSIM %.4f", s.ssim), s.psnr));
        }
        to.flush();
    }
}
