package anneal.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Philox;
import org.junit.jupiter.api.Test;

class GaussianMixtureTest {
    private static Philox.Stream stream(int number) {
        return Philox.stream(11, number, 0, 0);
    }

    /** Two clouds in two dimensions, the second stretched along a diagonal. */
    private static final GaussianMixture TWO = new GaussianMixture(new double[] {0.3, 0.7}, new double[] {-3, 0, 4, 1},
            new double[] {1, 0, 0, 0.25, 2, 1.2, 1.2, 1});

    @Test
    void findsWhatItSampled() {
        var data = TWO.sample(20_000, stream(1));
        var fit = GaussianMixture.fit(data, 2, 2, stream(2)).mixture();
        int first = fit.means()[0] < 0 ? 0 : 1;
        assertEquals(0.3, fit.weights()[first], 0.02);
        assertEquals(-3, fit.means()[2 * first], 0.05);
        assertEquals(1, fit.means()[2 * (1 - first) + 1], 0.05);
        assertEquals(1.2, fit.covariances()[4 * (1 - first) + 1], 0.08);
        assertEquals(fit.covariances()[1], fit.covariances()[2], 1e-12);
    }

    @Test
    void oneComponentIsMeanAndCovariance() {
        double[] data = {1, 2, 3, 6, 5, 1};
        var fit = GaussianMixture.fit(data, 2, 1, stream(3));
        assertEquals(2, fit.iterations());
        assertArrayEquals(new double[] {3, 3}, fit.mixture().means(), 1e-12);
        assertArrayEquals(new double[] {8 / 3.0 + 1e-6, -2 / 3.0, -2 / 3.0, 14 / 3.0 + 1e-6},
                fit.mixture().covariances(), 1e-12);
    }

    @Test
    void everyIterationRaisesTheLikelihood() {
        var data = TWO.sample(500, stream(4));
        var mixture = GaussianMixture.ofClusters(data, new double[] {-1, 0, 1, 0}, 2);
        double before = Double.POSITIVE_INFINITY;
        for (int i = 0; i < 20; i++) {
            var step = mixture.improved(data);
            assertTrue(step.negativeLogLikelihood() <= before + 1e-9);
            before = step.negativeLogLikelihood();
            mixture = step.mixture();
        }
    }

    @Test
    void samplesAreTheMeanAndTheCholeskyFactorTimesTheNormals() {
        var x = TWO.sample(new int[] {1, 1}, new double[] {1, 1, 1, 0});
        double root = Math.sqrt(2);
        assertArrayEquals(new double[] {-2, 0.5, 4 + root, 1 + 1.2 / root}, x, 1e-12);
        assertArrayEquals(TWO.sample(9, stream(5)), TWO.sample(9, stream(5)));
    }

    @Test
    void centroidsMoveToTheirClustersAndStay() {
        double[] data = {0, 1, 10, 11, 12};
        assertArrayEquals(new double[] {0.5, 11}, KMeans.run(data, new double[] {0, 1}, 1));
        assertArrayEquals(new double[] {6.8, 99}, KMeans.run(data, new double[] {5, 99}, 1), 1e-12);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> GaussianMixture.fit(new double[7], 2, 1, stream(6)));
        assertThrows(IllegalArgumentException.class, () -> GaussianMixture.fit(new double[4], 2, 3, stream(6)));
        assertThrows(IllegalArgumentException.class, () -> TWO.sample(new int[] {1}, new double[2]));
        assertThrows(IllegalArgumentException.class,
                () -> new GaussianMixture(new double[2], new double[3], new double[9]));
    }
}
