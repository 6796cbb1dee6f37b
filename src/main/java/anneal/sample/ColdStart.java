package anneal.sample;

import anneal.data.ImageDataset;
import anneal.data.Pixels;
import anneal.diffusion.cold.ColdGeneration;
import anneal.diffusion.cold.Levels;
import anneal.kernel.Philox;
import anneal.metric.GaussianMixture;
import anneal.tensor.Device;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What fully degraded images have left, as a distribution that starts of generation can be drawn from (Bansal et al.
 * 2022, section 5.2).
 *
 * @param mixture of each channel's means over a grid
 * @param grid    cells along each side
 */
public record ColdStart(GaussianMixture mixture, int grid) {
    private static final int PARTS = 2;
    private static final int CLUSTERS = 3;
    private static final int BATCH = 50;

    /**
     * Degrades images of a data set as far as can be, and fits the mixture to what is left.
     *
     * @param most       how many, from the beginning of the set; fewer if it has fewer
     * @param grid       cells along each side; 1 for the mean colour alone
     * @param components of the mixture
     * @param seed       of the degradation's random parts and of the first centroids
     * @throws IllegalArgumentException in one line, if the images do not fit the model or are too few
     */
    public static ColdStart fit(Device device, RestorationModel model, ImageDataset data, int most, int grid,
                                int components, long seed) throws IOException {
        int size = model.imageSize();
        if (data.height() != size || data.width() != size || data.channels() != model.channels()) {
            throw new IllegalArgumentException("the model restores %dx%dx%d images, not those of %s".formatted(size,
                    size, model.channels(), data.description()));
        }
        if (grid < 1 || grid > size) {
            throw new IllegalArgumentException("a grid of %d cells along %d pixels".formatted(grid, size));
        }
        int n = Math.min(most, data.size());
        int width = model.channels() * grid * grid;
        if (components < 1 || n < 2 * components) {
            throw new IllegalArgumentException("%d Gaussians fitted to %d images".formatted(components, n));
        }
        var features = new double[n * width];
        try (var scope = device.scope()) {
            var source = model.cold().on(device, size, model.channels());
            for (int first = 0; first < n; first += BATCH) {
                int[] images = IntStream.range(first, Math.min(n, first + BATCH)).toArray();
                try (var batch = device.scope()) {
                    var d = source.forBatch(seed, PARTS, first / BATCH, images);
                    var x = device.of(Pixels.batch(data, images), images.length, size, size, model.channels());
                    x = d.degrade(x, Levels.same(device, d, d.steps(), images.length));
                    var found = ColdGeneration.features(x, grid).toDoubles();
                    System.arraycopy(found, 0, features, first * width, found.length);
                }
            }
        }
        var random = Philox.stream(seed, CLUSTERS, 0, 0);
        return new ColdStart(GaussianMixture.fit(features, width, components, random).mixture(), grid);
    }

    /** A vector for each sample, which depends on the seed and the sample's number alone, [N, dimensions]. */
    double[] draw(long seed, int stream, int... samples) {
        return Arrays.stream(samples)
                .mapToObj(i -> mixture.sample(1, Philox.stream(seed, stream, i, 0)))
                .flatMapToDouble(Arrays::stream).toArray();
    }
}
