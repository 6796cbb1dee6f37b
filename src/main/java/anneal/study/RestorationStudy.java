package anneal.study;

import anneal.data.ImageDataset;
import anneal.data.Pixels;
import anneal.metric.FeatureStatistics;
import anneal.metric.FrechetDistance;
import anneal.sample.ImageClassifier;
import anneal.sample.Restoration;
import anneal.sample.Restoration.Stage;
import anneal.sample.RestorationModel;
import anneal.tensor.Device;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * The tables of "Cold Diffusion" (Bansal et al. 2022, section 4): how near the originals degraded images are, and what
 * each way of restoring makes of them.
 *
 * @param judge a classifier of clean images, in whose features the Fréchet distance is taken
 * @param data  images to degrade
 * @param count how many, from the beginning
 * @param level to degrade to; 0 for the worst
 * @param seed  of the degradation's random parts
 */
public record RestorationStudy(Device device, RestorationModel model, ImageClassifier judge, ImageDataset data, int count,
                               int level, long seed) {
    /** Images that share what is random about snow, as the authors' batches do; fixed, so that figures can be had again. */
    private static final int GROUP = 50;
    private static final List<Stage> WAYS = List.of(Stage.DIRECT, Stage.ALGORITHM_1, Stage.ALGORITHM_2);

    /**
     * One line of the table: means over the images, pixels in 0..1.
     *
     * @param frechet distance of the Gaussians of the judge's features, between these images and the originals
     */
    public record Row(Stage stage, double rmse, double ssim, double psnr, double frechet) {
    }

    /** @throws IllegalArgumentException in one line, if these do not belong together */
    public RestorationStudy {
        int size = model.imageSize();
        Judge.require(judge, data);
        require(data.height() == size && data.width() == size && data.channels() == model.channels(),
                "the model does not restore the images of " + data.description());
        require(count >= 2 && count <= data.size(), "%d images of %s: from 2 to %d can be had".formatted(count,
                data.description(), data.size()));
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Steps of the network over all images, for a progress bar. */
    public long work() {
        return 2L * (level == 0 ? model.steps(device) : level) * Math.ceilDiv(count, GROUP);
    }

    /**
     * Degrades and restores.
     *
     * @param progress  told how many steps are done, of {@link #work}
     * @param cancelled asked before every step
     * @return a row each for the degraded images and the three ways to restore them
     * @throws java.util.concurrent.CancellationException if {@code cancelled} says so
     */
    public List<Row> run(IntConsumer progress, BooleanSupplier cancelled) throws IOException {
        int bytes = data.imageBytes();
        var pixels = new EnumMap<Stage, byte[]>(Stage.class);
        var sums = new EnumMap<Stage, double[]>(Stage.class);
        var done = new int[1];
        for (int first = 0; first < count; first += GROUP) {
            int n = Math.min(GROUP, count - first);
            var result = new Restoration(device, model).run(
                    new Restoration.Request(Pixels.batch(data, IntStream.range(first, first + n).toArray()), level, seed, first / GROUP, WAYS),
                    (stage, step) -> progress.accept(++done[0]), cancelled);
            for (var stage : result.images().keySet()) {
                Pixels.tensorToImage(result.images().get(stage), 0,
                        pixels.computeIfAbsent(stage, s -> new byte[count * bytes]), first * bytes, n * bytes);
                var similarity = result.similarity(stage);
                var sum = sums.computeIfAbsent(stage, s -> new double[3]);
                sum[0] += Arrays.stream(similarity.rmsePerImage()).map(e -> e * e).sum();
                sum[1] += Arrays.stream(similarity.ssimPerImage()).sum();
                sum[2] += stage == Stage.ORIGINAL ? 0 : Arrays.stream(similarity.psnrPerImage()).sum();
            }
        }
        return rows(pixels, sums, bytes, cancelled);
    }

    private List<Row> rows(Map<Stage, byte[]> pixels, Map<Stage, double[]> sums, int bytes, BooleanSupplier cancelled)
            throws IOException {
        var eye = new Judge(device, judge, done -> { }, cancelled);
        FeatureStatistics originals = statistics(eye, pixels.get(Stage.ORIGINAL), bytes);
        var rows = new ArrayList<Row>();
        for (var stage : pixels.keySet()) {
            if (stage != Stage.ORIGINAL) {
                var sum = sums.get(stage);
                rows.add(new Row(stage, Math.sqrt(sum[0] / count), sum[1] / count, sum[2] / count,
                        FrechetDistance.between(statistics(eye, pixels.get(stage), bytes), originals)));
            }
        }
        return rows;
    }

    private FeatureStatistics statistics(Judge eye, byte[] images, int bytes) throws IOException {
        return eye.look(Judge.Images.of(images, bytes), count).statistics();
    }
}
