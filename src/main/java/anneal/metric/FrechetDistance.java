package anneal.metric;

/**
 * The Fréchet distance between two Gaussians, |mu1 - mu2|^2 + tr S1 + tr S2 - 2 tr (S1 S2)^(1/2). Over Inception's
 * pooled features it is the FID, over its spatial ones the sFID.
 *
 * @see <a href="https://arxiv.org/abs/1706.08500">Heusel et al. 2017, equation 6</a>
 */
public final class FrechetDistance {

    private FrechetDistance() {
    }

    /**
     * The distance, 0 or more up to rounding. With S1 = L'L the eigenvalues of S1 S2 are those of the symmetric
     * L S2 L', and zeros; so it needs no square root of a matrix and minds no singular covariance.
     *
     * @throws IllegalArgumentException if the two have different numbers of features
     * @throws ArithmeticException      if a number is not finite
     */
    public static double between(FeatureStatistics one, FeatureStatistics two) {
        int n = one.features();
        if (two.features() != n) {
            throw new IllegalArgumentException("statistics of " + n + " and of " + two.features() + " features");
        }
        double distance = 0;
        for (int i = 0; i < n; i++) {
            double difference = one.mean()[i] - two.mean()[i];
            distance += difference * difference + one.covariance()[i * n + i] + two.covariance()[i * n + i];
        }
        if (!Double.isFinite(distance)) {
            throw new ArithmeticException("the Fréchet distance of statistics that are not finite");
        }
        return distance - 2 * traceOfRoot(one.covariance(), two.covariance(), n);
    }

    /** Factors the matrix of lower rank: a null direction would otherwise add the root of a rounding error. */
    private static double traceOfRoot(double[] one, double[] two, int n) {
        var first = SymmetricMatrix.factor(one, n);
        var second = SymmetricMatrix.factor(two, n);
        return first.rank() <= second.rank() ? traceOfRoot(first, two, n) : traceOfRoot(second, one, n);
    }

    private static double traceOfRoot(SymmetricMatrix.Factor factored, double[] two, int n) {
        int rank = factored.rank();
        if (rank == 0) {
            return 0;
        }
        var left = Dense.multiply(factored.factor(), two, rank, n, n);
        var product = Dense.multiply(left, Dense.transpose(factored.factor(), rank, n), rank, n, rank);
        symmetrise(product, rank);
        double trace = 0;
        for (double eigenvalue : SymmetricMatrix.eigenvalues(product, rank)) {
            trace += Math.sqrt(Math.max(0, eigenvalue));
        }
        return trace;
    }

    private static void symmetrise(double[] matrix, int n) {
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                double mean = (matrix[i * n + j] + matrix[j * n + i]) / 2;
                matrix[i * n + j] = mean;
                matrix[j * n + i] = mean;
            }
        }
    }
}
