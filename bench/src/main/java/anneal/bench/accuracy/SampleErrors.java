package anneal.bench.accuracy;

import anneal.data.Pixels;
import anneal.diffusion.SamplingStep;
import anneal.kernel.ConvAlgorithm;
import anneal.sample.DiffusionModel;
import anneal.sample.SampleRequest;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How far finished samples are from those that float64 makes of the same noise. */
final class SampleErrors {
    /**
     * Samples by one algorithm beside float64's.
     *
     * @param algorithm of the convolutions
     * @param relative  ||x - x64|| / ||x64|| over all images
     * @param worst     the largest difference of a pixel, in the range -1..1
     * @param bytes     share of the pixels that differ once they are bytes
     */
    record Row(ConvAlgorithm algorithm, double relative, double worst, double bytes) {
    }

    private SampleErrors() {
    }

    /** @param model name, file or run of a diffusion model */
    static List<Row> measure(String model, SampleRequest request, List<ConvAlgorithm> algorithms) throws IOException {
        double[] exact = sample(model, request, "reference", DeviceOptions.DEFAULT);
        var rows = new ArrayList<Row>();
        for (var algorithm : algorithms) {
            double[] x = sample(model, request, "cpu", DeviceOptions.DEFAULT.with(algorithm));
            double worst = 0;
            int bytes = 0;
            byte[] ours = bytes(x);
            byte[] wanted = bytes(exact);
            for (int i = 0; i < x.length; i++) {
                worst = Math.max(worst, Math.abs(x[i] - exact[i]));
                bytes += ours[i] == wanted[i] ? 0 : 1;
            }
            rows.add(new Row(algorithm, LayerErrors.distance(x, exact), worst, (double) bytes / x.length));
        }
        return rows;
    }

    /** As a sampler writes them. */
    private static byte[] bytes(double[] x) {
        var values = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            values[i] = (float) x[i];
        }
        var bytes = new byte[x.length];
        Pixels.tensorToImage(values, 0, bytes, 0, x.length);
        return bytes;
    }

    private static double[] sample(String model, SampleRequest request, String name, DeviceOptions options)
            throws IOException {
        try (var device = Devices.open(name, options); var opened = DiffusionModel.open(model, device)) {
            var images = new ArrayList<double[]>();
            opened.sampler().sample(request, (first, step) -> {
                if (isLast(step)) {
                    images.add(step.x().toDoubles());
                }
            });
            return images.stream().flatMapToDouble(Arrays::stream).toArray();
        }
    }

    private static boolean isLast(SamplingStep step) {
        return step.index() == step.total() - 1;
    }
}
