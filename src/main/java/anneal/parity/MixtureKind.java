package anneal.parity;

import anneal.io.TensorData;
import anneal.metric.GaussianMixture;
import anneal.metric.KMeans;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;

/** Mixtures of Gaussians: k-means, every iteration of expectation maximisation, the fit, and samples of it. */
final class MixtureKind {
    private MixtureKind() {
    }

    static SequencedMap<String, TensorData> run(CaseContext c) throws IOException {
        var data = c.doubles("data");
        int d = c.data("data").intShape()[1];
        var out = c.outputs();
        var centroids = KMeans.run(data, c.doubles("init_centroids"), d);
        out.put("centroids", TensorData.of(centroids, centroids.length / d, d));
        var mixtures = new ArrayList<>(List.of(GaussianMixture.ofClusters(data, centroids, d)));
        var nll = new double[iterations(c)];
        for (int i = 0; i < nll.length; i++) {
            var step = mixtures.getLast().improved(data);
            mixtures.add(step.mixture());
            nll[i] = step.negativeLogLikelihood();
        }
        out.put("iter.pi", stack(mixtures, MixtureKind::weights));
        out.put("iter.mean", stack(mixtures, MixtureKind::means));
        out.put("iter.cov", stack(mixtures, MixtureKind::covariances));
        out.put("iter.nll", nll);
        var fit = GaussianMixture.fit(data, centroids, d);
        out.put("stop", fit.iterations());
        put(out, "fit", fit.mixture());
        put(out, "converged", mixtures.getLast());
        var samples = fit.mixture().sample(c.ints("sample.counts"), c.doubles("sample.z"));
        out.put("sample.x", TensorData.of(samples, samples.length / d, d));
        var running = runningCovariance(data, d, c.config().path("batch_size").asInt());
        out.put("minibatch.cov", TensorData.of(running, d, d));
        return out.tensors();
    }

    /** As many as the case has recorded. */
    private static int iterations(CaseContext c) {
        return c.entry().tensors().stream().filter(t -> t.name().equals("iter.nll"))
                .mapToInt(t -> Math.toIntExact(t.shape()[0])).findFirst().orElse(0);
    }

    private static void put(Outputs out, String name, GaussianMixture m) {
        out.put(name + ".weight", weights(m)).put(name + ".mean", means(m)).put(name + ".cov", covariances(m));
    }

    private static TensorData weights(GaussianMixture m) {
        return TensorData.of(m.weights(), m.components());
    }

    private static TensorData means(GaussianMixture m) {
        return TensorData.of(m.means(), m.components(), m.dimensions());
    }

    private static TensorData covariances(GaussianMixture m) {
        return TensorData.of(m.covariances(), m.components(), m.dimensions(), m.dimensions());
    }

    private static TensorData stack(List<GaussianMixture> mixtures, Function<GaussianMixture, TensorData> part) {
        return Outputs.stack(mixtures.stream().map(part).toList());
    }

    /**
     * The covariance as pycave 3 has it from mini-batches, which nothing here uses: each batch's squares are about the
     * mean of the batches so far. 1e-6 is added on the diagonal.
     */
    private static double[] runningCovariance(double[] data, int d, int batch) {
        int n = data.length / d;
        var sums = new double[d];
        var covariance = new double[d * d];
        for (int first = 0; first < n; first += batch) {
            int end = Math.min(n, first + batch);
            for (int i = first * d; i < end * d; i++) {
                sums[i % d] += data[i];
            }
            for (int i = first; i < end; i++) {
                for (int c = 0; c < d * d; c++) {
                    double row = data[i * d + c / d] - sums[c / d] / end;
                    covariance[c] += row * (data[i * d + c % d] - sums[c % d] / end) / n;
                }
            }
        }
        for (int c = 0; c < d; c++) {
            covariance[c * d + c] += 1e-6;
        }
        return covariance;
    }
}
