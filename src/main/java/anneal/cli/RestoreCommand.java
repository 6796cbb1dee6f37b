package anneal.cli;

import anneal.data.Datasets;
import anneal.data.Pixels;
import anneal.diffusion.cold.ColdConfig;
import anneal.io.ByteImage;
import anneal.io.DataException;
import anneal.io.ImageFiles;
import anneal.io.ImageGrid;
import anneal.io.Json;
import anneal.io.Png;
import anneal.sample.ModelCatalog;
import anneal.sample.Restoration;
import anneal.sample.Restoration.Stage;
import anneal.sample.RestorationModel;
import anneal.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
                + "below them the root mean squared error over all rows."
        },
        footerHeading = "%nExamples:%n",
        footer = {
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
                    + "Fashion-MNIST's test images).")
    private String in;

    @Option(names = "--model", paramLabel = "RUN|FILE|NAME", required = true,
            description = "A run directory of train --cold, or a file of its weights.")
    private String model;

    @Option(names = "--ema", paramLabel = "RATE|none",
            description = "Which average of the run's weights to use (default: the slowest).")
    private String ema;

    @Option(names = "--degradation", paramLabel = "NAME",
            description = "The degradation that the model must have been trained for, to be sure: "
                    + "blur, mask, resolution, snow, colour, noise or class.")
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

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private DeviceOption device;

    /** What {@code --json} prints. */
    record Summary(String out, ColdConfig degradation, int level, int images, Map<String, Double> rmse) {
    }

    @Override
    public Integer call() throws IOException {
        var stages = Algorithm.named(algorithm).stages;
        if (count < 1) {
            throw new IllegalArgumentException("--count must be 1 or more, got " + count);
        }
        var source = ModelCatalog.shipped().find(model, ema);
        try (var on = device.open(); var opened = RestorationModel.open(source, on)) {
            var restorer = opened.model();
            if (degradation != null && !degradation.equals(restorer.cold().task())) {
                throw new IllegalArgumentException("the model restores from %s; it was not trained for '%s'"
                        .formatted(restorer.cold().task(), degradation));
            }
            return restore(on, restorer, images(restorer), stages);
        }
    }

    private List<ByteImage> images(RestorationModel restorer) throws IOException {
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
        var set = Datasets.open(in == null ? "fashion-test" : in, size, restorer.channels());
        var images = new ArrayList<ByteImage>();
        for (int i = 0; i < Math.min(count, set.size()); i++) {
            images.add(set.image(i));
        }
        return images;
    }

    private int restore(Device on, RestorationModel restorer, List<ByteImage> images, List<Stage> stages)
            throws IOException {
        var x = new float[images.size() * images.getFirst().pixels().length];
        for (int i = 0; i < images.size(); i++) {
            var image = images.get(i);
            Pixels.imageToTensor(image.pixels(), 0, image.height(), image.width(), image.channels(), false, x,
                    i * image.pixels().length);
        }
        Restoration.Result result;
        try (var stop = Interruption.listen(() -> spec.commandLine().getErr().println("stopping"))) {
            try {
                result = new Restoration(on, restorer).run(x, level, seed, stages, step -> { }, stop::requested);
            } catch (CancellationException e) {
                return stop.exitCode();
            }
        }
        Png.write(out, sheet(restorer, result, images.size()), Map.of("anneal.degradation",
                Json.write(restorer.cold())));
        var words = spec.root().commandLine().getParseResult().originalArgs();
        RunRecord.write(out.resolveSibling(out.getFileName() + ".json"), RunRecord.of(on, seed, words));
        print(restorer, result, images.size());
        return 0;
    }

    private static ByteImage sheet(RestorationModel restorer, Restoration.Result result, int count) {
        int size = restorer.imageSize();
        int bytes = size * size * restorer.channels();
        var stages = List.copyOf(result.images().keySet());
        var pixels = new byte[count * stages.size() * bytes];
        var cells = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            for (int k = 0; k < stages.size(); k++) {
                Pixels.tensorToImage(result.images().get(stages.get(k)), i * bytes, pixels,
                        (i * stages.size() + k) * bytes, bytes);
                boolean last = i == count - 1 && stages.get(k) != Stage.ORIGINAL;
                cells.add(last ? String.format(Locale.ROOT, "RMSE %.4f", result.rmse(stages.get(k))) : "");
            }
        }
        return ImageGrid.of(stages.size()).withScale(size < 64 ? 3 : 1)
                .withColumnLabels(stages.stream().map(RestoreCommand::label).toList()).withCellLabels(cells)
                .draw(pixels, count * stages.size(), size, size, restorer.channels());
    }

    private static String label(Stage stage) {
        return stage.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private void print(RestorationModel restorer, Restoration.Result result, int count) {
        var errors = new LinkedHashMap<String, Double>();
        result.images().keySet().stream().filter(s -> s != Stage.ORIGINAL)
                .forEach(s -> errors.put(label(s), result.rmse(s)));
        var to = spec.commandLine().getOut();
        if (json) {
            to.println(Json.write(new Summary(out.toString(), restorer.cold(), result.level(), count, errors)));
        } else {
            to.printf("%s: %d images, degraded by %s to level %d%n", out, count, restorer.cold().task(),
                    result.level());
            errors.forEach((name, e) -> to.printf(Locale.ROOT, "  %-14s RMSE %.4f%n", name, e));
        }
        to.flush();
    }
}
