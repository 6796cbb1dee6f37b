package anneal.parity;

import anneal.io.TensorData;
import anneal.metric.FeatureStatistics;
import anneal.metric.FrechetDistance;
import anneal.metric.InceptionScore;
import anneal.metric.PrecisionRecall;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.SequencedMap;

/** The metrics of OpenAI's evaluator on given features. */
final class MetricKinds {
    private MetricKinds() {
    }

    static void addTo(Map<String, CaseRunner> kinds) {
        kinds.put("eval_fid", MetricKinds::fid);
        kinds.put("eval_is", MetricKinds::inceptionScore);
        kinds.put("eval_pr", MetricKinds::precisionRecall);
    }

    private static SequencedMap<String, TensorData> fid(CaseContext c) throws IOException {
        var out = c.outputs();
        var one = statistics(c, 1, out);
        var two = statistics(c, 2, out);
        return out.put("out.fid", FrechetDistance.between(one, two)).tensors();
    }

    private static FeatureStatistics statistics(CaseContext c, int number, Outputs out) throws IOException {
        var data = c.data("features" + number);
        var shape = data.intShape();
        var rows = data.toFloats();
        int kept = c.config().path("spatial_channels").asInt(0);
        if (kept > 0) {
            rows = FeatureStatistics.spatial(rows, shape[shape.length - 1], kept);
        }
        int features = rows.length / shape[0];
        if (kept > 0 && number == 1) {
            out.put("out.layout_first_row", doubles(Arrays.copyOf(rows, features)));
        }
        var statistics = FeatureStatistics.of(rows, shape[0], features);
        out.put("out.mu" + number, statistics.mean());
        out.put("out.sigma" + number, TensorData.of(statistics.covariance(), features, features));
        return statistics;
    }

    private static double[] doubles(float[] values) {
        var d = new double[values.length];
        Arrays.setAll(d, i -> values[i]);
        return d;
    }

    private static SequencedMap<String, TensorData> inceptionScore(CaseContext c) throws IOException {
        var p = c.data("probs");
        var shape = p.intShape();
        var score = InceptionScore.of(p.toFloats(), shape[0], shape[1], c.config().path("split_size").asInt());
        return c.outputs().put("out.per_split", score.perSplit()).put("out.inception_score", score.score()).tensors();
    }

    private static SequencedMap<String, TensorData> precisionRecall(CaseContext c) throws IOException {
        var reference = c.data("features_ref");
        var sample = c.data("features_sample");
        var result = PrecisionRecall.of(reference.toFloats(), sample.toFloats(), reference.intShape()[1],
                c.config().path("k").asInt(3));
        return c.outputs()
                .put("out.radii_ref", result.referenceRadii())
                .put("out.radii_sample", result.sampleRadii())
                .put("out.sample_in_ref_manifold", integers(result.sampleInReference()))
                .put("out.ref_in_sample_manifold", integers(result.referenceInSample()))
                .put("out.precision", result.precision())
                .put("out.recall", result.recall())
                .tensors();
    }

    private static int[] integers(boolean[] values) {
        var ints = new int[values.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = values[i] ? 1 : 0;
        }
        return ints;
    }
}
