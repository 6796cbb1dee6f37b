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

/** Where a restorer starts from when it generates (Cold Diffusion, section 5). */
final class ColdStartOptions {
    private static final int FIT = 2000;

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

    /** Whether nothing of it was given. */
    boolean isEmpty() {
        return Stream.of(data, images, grid, components).allMatch(Objects::isNull);
    }

    /**
     * Fits the start's distribution.
     *
     * @param place where the model was looked for
     * @return null for a degradation whose end is known
     */
    ColdStart fit(Device on, RestorationModel model, String place, long seed) throws IOException {
        if (!ColdGenerator.needsStart(model.cold())) {
            if (!isEmpty()) {
                throw new IllegalArgumentException("generation from '" + model.cold().task()
                        + "' knows its start; leave out --start-data, --start-images, --start-grid and --components");
            }
            return null;
        }
        var set = Datasets.open(data(place), model.imageSize(), model.channels());
        return ColdStart.fit(on, model, set, Objects.requireNonNullElse(images, FIT), Objects.requireNonNullElse(grid, 1),
                Objects.requireNonNullElse(components, 1), seed);
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
