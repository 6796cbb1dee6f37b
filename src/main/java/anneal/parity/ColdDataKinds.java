package anneal.parity;

import anneal.data.EnlargedCrop;
import anneal.data.Pixels;
import anneal.io.ByteImage;
import anneal.io.TensorData;
import anneal.metric.FeatureStatistics;
import anneal.metric.FrechetDistance;
import anneal.metric.ImageSimilarity;
import java.io.IOException;
import java.util.Map;
import java.util.SequencedMap;

/** Cold Diffusion's pictures on their way in and out, and what it measures on them. On the host, in float64. */
final class ColdDataKinds {
    private ColdDataKinds() {
    }

    static void addTo(Map<String, CaseRunner> kinds) {
        kinds.put("dataset_transform", ColdDataKinds::transform);
        kinds.put("save_image", ColdDataKinds::save);
        kinds.put("metrics_image", ColdDataKinds::similarity);
        kinds.put("metrics_frechet", ColdDataKinds::frechet);
        kinds.put("gmm", MixtureKind::run);
        kinds.put("checkpoint", CheckpointKind::run);
    }

    private static SequencedMap<String, TensorData> transform(CaseContext c) throws IOException {
        var picture = c.data("picture");
        var shape = picture.intShape();
        int pixels = shape[1] * shape[2];
        var levels = picture.toLongs();
        var bytes = new byte[levels.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) levels[i % shape[0] * pixels + i / shape[0]];
        }
        int to = c.config().path("to").asInt();
        var image = EnlargedCrop.center(new ByteImage(shape[1], shape[2], shape[0], bytes), to);
        var x = new float[image.pixels().length];
        Pixels.imageToTensor(image.pixels(), 0, to, to, shape[0], false, x, 0);
        return c.outputs().put("x", c.device().of(x, to, to, shape[0]).permute(2, 0, 1)).tensors();
    }

    private static SequencedMap<String, TensorData> save(CaseContext c) throws IOException {
        var data = c.data("x");
        var x = data.toFloats();
        var image = new byte[x.length];
        Pixels.tensorToImageRounded(x, 0, image, 0, x.length);
        var levels = new long[x.length];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = image[i] & 0xff;
        }
        return c.outputs().put("bytes", TensorData.of(levels, data.shape())).tensors();
    }

    private static SequencedMap<String, TensorData> similarity(CaseContext c) throws IOException {
        var shape = c.data("a").intShape();
        var s = new ImageSimilarity(c.doubles("a"), c.doubles("b"), shape[1], shape[2], shape[3]);
        return c.outputs()
                .put("rmse", s.rmse())
                .put("rmse_per_image", s.rmsePerImage())
                .put("ssim_msssim", s.ssim())
                .put("ssim_msssim_per_image", s.ssimPerImage())
                .put("ssim_skimage_gauss_per_image", s.ssimPerImage())
                .put("ssim_skimage_uniform_per_image", s.uniformSsimPerImage())
                .put("psnr_per_image", s.psnrPerImage())
                .tensors();
    }

    private static SequencedMap<String, TensorData> frechet(CaseContext c) throws IOException {
        var out = c.outputs();
        var a = statistics(c, "a", out);
        var b = statistics(c, "b", out);
        return out.put("frechet", FrechetDistance.between(a, b)).put("frechet_self", FrechetDistance.between(a, a))
                .tensors();
    }

    private static FeatureStatistics statistics(CaseContext c, String set, Outputs out) throws IOException {
        var shape = c.data(set).intShape();
        var s = FeatureStatistics.of(c.data(set).toFloats(), shape[0], shape[1]);
        out.put("mean_" + set, s.mean());
        out.put("cov_" + set, TensorData.of(s.covariance(), shape[1], shape[1]));
        return s;
    }
}
