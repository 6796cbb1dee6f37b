package anneal.train;

import anneal.io.ByteImage;
import anneal.io.ImageGrid;
import anneal.io.Png;
import anneal.model.UNet;
import anneal.nn.ParameterArena;
import anneal.sample.DiffusionModel;
import anneal.sample.ImageSampler;
import anneal.sample.SampleRequest;
import anneal.tensor.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** A picture of what the averaged weights make of the same noise every time, so that progress can be seen. */
final class Preview {
    private static final int ROWS = 3;
    private static final int COLUMNS = 10;
    private static final int STEPS = 15;
    private static final int SMALL = 64;

    private final RunDirectory directory;
    private final TrainingConfig config;
    private final Device device;
    private final ParameterArena arena;
    private final List<String> classNames;

    Preview(RunDirectory directory, TrainingConfig config, Device device, ParameterArena arena, List<String> classNames) {
        this.directory = directory;
        this.config = config;
        this.device = device;
        this.arena = arena;
        this.classNames = classNames;
    }

    /** Draws and writes the picture of this step; a classifier has none, and a restorer nothing to start from. */
    Optional<Path> draw(int step) throws IOException {
        if (!(arena.module() instanceof UNet unet) || config.cold() != null) {
            return Optional.empty();
        }
        // The first average is the fastest, which shows something early.
        arena.compute(arena.emas().isEmpty() ? arena.values() : arena.emas().getFirst());
        try {
            var file = directory.preview(step);
            Png.write(file, picture(unet), Map.of("Title", "preview of step " + step));
            return Optional.of(file);
        } finally {
            arena.compute(arena.values());
        }
    }

    private ByteImage picture(UNet unet) {
        int classes = config.classes();
        int columns = classes == 0 ? COLUMNS : Math.min(classes, COLUMNS);
        int count = ROWS * columns;
        var request = SampleRequest.of(count, config.optimization().seed()).withBatch(columns)
                .withSampler("ddim", Math.min(STEPS, config.diffusion().steps()), 0)
                .withLabels(classes == 0 ? List.of() : IntStream.range(0, columns).boxed().toList());
        var images = new ImageSampler(device, new DiffusionModel(unet, config.diffusion(), classNames)).sample(request);
        var grid = ImageGrid.of(columns).withScale(config.imageSize() < SMALL ? 2 : 1);
        return images.sheet(classes == 0 ? grid : grid.withColumnLabels(classNames.subList(0, columns)));
    }
}
