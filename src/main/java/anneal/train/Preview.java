package anneal.train;

import anneal.data.ImageDataset;
import anneal.data.Pixels;
import anneal.io.ByteImage;
import anneal.io.ImageGrid;
import anneal.io.Png;
import anneal.model.ImageNetwork;
import anneal.model.UNet;
import anneal.nn.ParameterArena;
import anneal.sample.DiffusionModel;
import anneal.sample.ImageSampler;
import anneal.sample.Restoration;
import anneal.sample.RestorationModel;
import anneal.sample.RestorationSheet;
import anneal.sample.SampleRequest;
import anneal.tensor.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A picture of what the averaged weights make of the same noise every time, or of the same degraded images, so that
 * progress can be seen.
 */
final class Preview {
    private static final int ROWS = 3;
    private static final int COLUMNS = 10;
    private static final int STEPS = 15;
    private static final int SMALL = 64;
    private static final int RESTORED = 6;

    private final RunDirectory directory;
    private final TrainingConfig config;
    private final Device device;
    private final ParameterArena arena;
    private final ImageDataset data;

    /** @param data that is trained on */
    Preview(RunDirectory directory, TrainingConfig config, Device device, ParameterArena arena, ImageDataset data) {
        this.directory = directory;
        this.config = config;
        this.device = device;
        this.arena = arena;
        this.data = data;
    }

    /** Draws and writes the picture of this step; a classifier has none. */
    Optional<Path> draw(int step) throws IOException {
        if (!(arena.module() instanceof ImageNetwork network)) {
            return Optional.empty();
        }
        // The first average is the fastest, which shows something early.
        arena.compute(arena.emas().isEmpty() ? arena.values() : arena.emas().getFirst());
        try {
            var file = directory.preview(step);
            Png.write(file, config.restorer() != null ? restored(network) : picture((UNet) network), Map.of("Title", "preview of step " + step));
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
        var images = new ImageSampler(device, new DiffusionModel(unet, config.diffusion(), data.classNames())).sample(request);
        var grid = ImageGrid.of(columns).withScale(config.imageSize() < SMALL ? 2 : 1);
        return images.sheet(classes == 0 ? grid : grid.withColumnLabels(data.classNames().subList(0, columns)));
    }

    /** The first images, degraded as far as can be, restored in one step and by Algorithm 2. */
    private ByteImage restored(ImageNetwork network) throws IOException {
        var x = Pixels.batch(data, IntStream.range(0, Math.min(RESTORED, data.size())).toArray());
        var model = new RestorationModel(network, config.restorer().degradation(), config.imageSize(),
                config.imageChannels());
        var request = new Restoration.Request(x, 0, config.optimization().seed(), 0,
                List.of(Restoration.Stage.DIRECT, Restoration.Stage.ALGORITHM_2));
        return new RestorationSheet(new Restoration(device, model).run(request, (stage, step) -> { }, () -> false)).draw();
    }
}
