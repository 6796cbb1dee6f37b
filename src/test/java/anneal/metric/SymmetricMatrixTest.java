package anneal.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SymmetricMatrixTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 17, 128})
    void eigenvaluesOfTheSecondDifferenceAreItsCosines(int n) {
        var matrix = new double[n * n];
        var want = new double[n];
        for (int i = 0; i < n; i++) {
            matrix[i * n + i] = 2;
            if (i + 1 < n) {
                matrix[i * n + i + 1] = matrix[(i + 1) * n + i] = -1;
            }
            want[i] = 2 - 2 * Math.cos((i + 1) * Math.PI / (n + 1));
        }
        assertArrayEquals(want, SymmetricMatrix.eigenvalues(matrix, n), 1e-14 * n);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 40, 97})
    void eigenvaluesSurviveARotation(int n) {
        var random = new Random(n);
        var want = random.doubles(n, -3, 3).sorted().toArray();
        want[0] = want[n / 2];
        var matrix = new double[n * n];
        for (int i = 0; i < n; i++) {
            matrix[i * n + i] = want[i];
        }
        for (int reflection = 0; reflection < 3; reflection++) {
            matrix = reflected(matrix, n, random);
        }
        Arrays.sort(want);
        assertArrayEquals(want, SymmetricMatrix.eigenvalues(matrix, n), 1e-13);
    }

    @Test
    void eigenvaluesOfTinyAndHugeMatricesKeepTheirScale() {
        for (double scale : new double[] {1e-150, 1e150}) {
            var values = SymmetricMatrix.eigenvalues(new double[] {2 * scale, scale, scale, 2 * scale}, 2);
            assertArrayEquals(new double[] {1, 3}, new double[] {values[0] / scale, values[1] / scale}, 1e-14);
        }
        assertArrayEquals(new double[4], SymmetricMatrix.eigenvalues(new double[16], 4));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 9, 30})
    void theFactorHasTheRankAndGivesTheMatrixBack(int rank) {
        int n = 30;
        var random = new Random(rank);
        var thin = random.doubles((long) rank * n, -1, 1).toArray();
        var matrix = Dense.multiply(Dense.transpose(thin, rank, n), thin, n, rank, n);
        var factored = SymmetricMatrix.factor(matrix, n);
        assertEquals(rank, factored.rank());
        var back = Dense.multiply(Dense.transpose(factored.factor(), rank, n), factored.factor(), n, rank, n);
        assertArrayEquals(matrix, back, 1e-13);
    }

    @Test
    void theDistanceOfAlignedGaussiansIsTheOneOfTheirStandardDeviations() {
        var one = new FeatureStatistics(new double[] {1, 2, 3}, new double[] {4, 0, 0, 0, 0, 0, 0, 0, 1});
        var two = new FeatureStatistics(new double[] {1, 0, 3}, new double[] {9, 0, 0, 0, 16, 0, 0, 0, 1});
        assertEquals(4 + 1 + 16, FrechetDistance.between(one, two), 1e-13);
        assertEquals(0, FrechetDistance.between(two, two), 1e-13);
    }

    @Test
    void manyFeaturesAndFewerVectorsThanFeaturesAreFine() {
        var random = new Random(8);
        var one = FeatureStatistics.of(EvaluatorTest.gaussian(random, 200, 300, 0), 200, 300);
        var shifted = new double[300];
        for (int i = 0; i < 300; i++) {
            shifted[i] = one.mean()[i] + 0.5;
        }
        var two = new FeatureStatistics(shifted, one.covariance());
        double distance = FrechetDistance.between(one, two);
        var round = FeatureStatistics.of(EvaluatorTest.gaussian(random, 900, 300, 0), 900, 300);
        assertEquals(FrechetDistance.between(round, one), FrechetDistance.between(one, round), 1e-10);
        assertTrue(Math.abs(distance - 75) < 1e-4, "distance " + distance);
    }

    /** H A H with a random Householder reflection H. */
    private static double[] reflected(double[] a, int n, Random random) {
        var v = random.doubles(n, -1, 1).toArray();
        double norm = Dense.dot(v, 0, v, 0, n);
        var h = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                h[i * n + j] = (i == j ? 1 : 0) - 2 * v[i] * v[j] / norm;
            }
        }
        var product = Dense.multiply(Dense.multiply(h, a, n, n, n), h, n, n, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                product[i * n + j] = product[j * n + i];
            }
        }
        return product;
    }
}
