package anneal.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import anneal.io.Fixtures;
import anneal.io.SafeTensorsFile;
import anneal.io.TensorData;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the numbers of OpenAI's evaluator. */
class EvaluatorTest {

    @ParameterizedTest
    @CsvSource({"eval_fid_0, 1e-6", "eval_fid_1, 1e-6", "eval_fid_2, 1e-4", "eval_sfid, 1e-5"})
    void frechetDistance(String name, double tolerance) throws IOException {
        try (var fixture = Fixtures.open(name)) {
            var one = statistics(fixture, "in.features1");
            var two = statistics(fixture, "in.features2");
            close(fixture, "out.mu1", one.mean(), 1e-9);
            close(fixture, "out.mu2", two.mean(), 1e-9);
            if (fixture.tensors().containsKey("out.sigma1")) {
                close(fixture, "out.sigma1", one.covariance(), 1e-9);
                close(fixture, "out.sigma2", two.covariance(), 1e-9);
            }
            close(fixture, "out.fid", new double[] {FrechetDistance.between(one, two)}, tolerance);
            close(fixture, "out.fid", new double[] {FrechetDistance.between(two, one)}, tolerance);
        }
    }

    @ParameterizedTest
    @CsvSource({"eval_is_0, 5000", "eval_is_1, 20"})
    void inceptionScore(String name, int splitSize) throws IOException {
        try (var fixture = Fixtures.open(name)) {
            var p = fixture.get("in.probs");
            var score = InceptionScore.of(p.toFloats(), p.intShape()[0], p.intShape()[1], splitSize);
            close(fixture, "out.per_split", score.perSplit(), 1e-9);
            close(fixture, "out.inception_score", new double[] {score.score()}, 1e-9);
        }
    }

    @ParameterizedTest
    @CsvSource({"eval_pr_0", "eval_pr_1"})
    void precisionAndRecall(String name) throws IOException {
        try (var fixture = Fixtures.open(name)) {
            var reference = fixture.get("in.features_ref");
            var samples = fixture.get("in.features_sample").toFloats();
            var result = PrecisionRecall.of(reference.toFloats(), samples, reference.intShape()[1], 3);
            close(fixture, "out.radii_ref", result.referenceRadii(), 1e-9);
            close(fixture, "out.radii_sample", result.sampleRadii(), 1e-9);
            assertArrayEquals(fixture.get("out.sample_in_ref_manifold").toLongs(), longs(result.sampleInReference()));
            assertArrayEquals(fixture.get("out.ref_in_sample_manifold").toLongs(), longs(result.referenceInSample()));
            close(fixture, "out.precision", new double[] {result.precision()}, 1e-9);
            close(fixture, "out.recall", new double[] {result.recall()}, 1e-9);
        }
    }

    @Test
    void spatialFeaturesKeepTheFirstChannelsInPlace() throws IOException {
        try (var fixture = Fixtures.open("eval_sfid")) {
            var maps = fixture.get("in.features1");
            var kept = FeatureStatistics.spatial(maps.toFloats(), 9, 7);
            var first = new double[28];
            Arrays.setAll(first, i -> kept[i]);
            close(fixture, "out.layout_first_row", first, 0);
        }
    }

    @Test
    void batchesOfAnySizeGiveTheSameStatistics() {
        var rows = gaussian(new Random(1), 150, 11, 1000);
        var whole = FeatureStatistics.of(rows, 150, 11);
        var builder = new FeatureStatistics.Builder(11);
        for (int start = 0, n; start < 150; start += n) {
            n = Math.min(67, 150 - start);
            builder.add(Arrays.copyOfRange(rows, start * 11, (start + n) * 11), n);
        }
        assertArrayEquals(whole.covariance(), builder.build().covariance(), 1e-10);
        assertArrayEquals(whole.mean(), builder.build().mean(), 1e-10);
    }

    @Test
    void refusesWhatHasNoMeaning() {
        assertThrows(IllegalArgumentException.class, () -> FeatureStatistics.of(new float[3], 1, 3));
        assertThrows(IllegalArgumentException.class, () -> FeatureStatistics.of(new float[5], 2, 3));
        var nan = FeatureStatistics.of(new float[] {1, Float.NaN, 3, 4}, 2, 2);
        assertThrows(ArithmeticException.class, () -> FrechetDistance.between(nan, nan));
        assertThrows(IllegalArgumentException.class, () -> PrecisionRecall.of(new float[6], new float[8], 2, 3));
        assertThrows(IllegalArgumentException.class, () -> InceptionScore.of(new float[] {0.5f, -0.5f}, 1, 2, 5));
        assertEquals(1, InceptionScore.of(new float[] {1, 0, 1, 0}, 2, 2, 5).score(), 1e-15);
    }

    static float[] gaussian(Random random, int rows, int features, double mean) {
        var values = new float[rows * features];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (mean + random.nextGaussian());
        }
        return values;
    }

    private static FeatureStatistics statistics(SafeTensorsFile fixture, String name) throws IOException {
        var data = fixture.get(name);
        var shape = data.intShape();
        var rows = data.toFloats();
        if (shape.length == 4) {
            rows = FeatureStatistics.spatial(rows, shape[3], 7);
        }
        return FeatureStatistics.of(rows, shape[0], rows.length / shape[0]);
    }

    private static void close(SafeTensorsFile fixture, String name, double[] got, double tolerance) throws IOException {
        TensorData data = fixture.get(name);
        var want = data.toDoubles();
        assertEquals(want.length, got.length, name);
        for (int i = 0; i < want.length; i++) {
            assertEquals(want[i], got[i], 1e-14 + tolerance * Math.abs(want[i]), name + " at " + i);
        }
    }

    private static long[] longs(boolean[] flags) {
        var values = new long[flags.length];
        for (int i = 0; i < flags.length; i++) {
            values[i] = flags[i] ? 1 : 0;
        }
        return values;
    }
}
