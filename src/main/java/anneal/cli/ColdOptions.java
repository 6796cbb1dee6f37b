package anneal.cli;

import anneal.data.Datasets;
import anneal.sample.ColdGenerator;
import anneal.sample.ColdStart;
import anneal.sample.RestorationModel;
import anneal.tensor.Device;
import anneal.train.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** How a restorer generates (Cold Diffusion, section 5): where it starts from. */
final class ColdOptions {
    private static final int FIT = 2000;
    private static final double SYMMETRY_NOISE = 0.002;

    @Option(names = "--start-data", paramLabel = "SET",
            description = "Images whose degraded remains the start is drawn from, as for train's --data (default: what "
                    + "the run was trained on).")
    private String data;

    @Option(names = "--start-images", paramLabel = "N",
            description = "How many of them (default: " + FIT + ").")
    private Integer images;

    @Option(names = "--start-grid", paramLabel = "N",
            description = "What describes the remains: the channels' means over N x N cells (default: 1).")
    private Integer grid;

    @Option(names = "--components", paramLabel = "K",
            description = "Gaussians of the mixture that is fitted to these means (default: 1).")
    private Integer components;

    @Option(names = "--symmetry-noise", paramLabel = "STD",
            description = "Deviation of the noise that breaks the start's symmetry; 0 keeps it (default: "
                    + SYMMETRY_NOISE + ").")
    private Double symmetryNoise;

    /** @throws IllegalArgumentException in one line, if one was given for a diffusion model */
    void refuse() {
        if (Stream.of(data, images, grid, components, symmetryNoise).anyMatch(Objects::nonNull)) {
            throw new IllegalArgumentException("--start-data, --start-images, --start-grid, --components and "
                    + "--symmetry-noise are for a restorer of degraded images; this is a diffusion model");
        }
    }

    /**
     * The generator, its start fitted.
     *
     * @param place where the model was looked for
     */
    ColdGenerator generator(Device on, RestorationModel model, String place, long seed) throws IOException {
        double deviation = Objects.requireNonNullElse(symmetryNoise, SYMMETRY_NOISE);
        if (!ColdGenerator.needsStart(model.cold())) {
            if (Stream.of(data, images, grid, components).anyMatch(Objects::nonNull)) {
                throw new IllegalArgumentException("generation from '" + model.cold().task()
                        + "' knows its start; leave out --start-data, --start-images, --start-grid and --components");
            }
            return new ColdGenerator(on, model, null, deviation);
        }
        var set = Datasets.open(data(place), model.imageSize(), model.channels());
        var start = ColdStart.fit(on, model, set, Objects.requireNonNullElse(images, FIT),
                Objects.requireNonNullElse(grid, 1), Objects.requireNonNullElse(components, 1), seed);
        return new ColdGenerator(on, model, start, deviation);
    }

    private String data(String place) throws IOException {
        if (data != null) {
            return data;
        }
        var run = Path.of(place);
        if (!Files.isDirectory(run)) {
            throw new IllegalArgumentException("a restorer starts from what is left of degraded images: give some as"
                    + " --start-data (a run directory knows its own)");
        }
        return TrainingRun.configOf(run).data();
    }
}
