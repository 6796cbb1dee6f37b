package anneal.metric;

import anneal.kernel.Philox;
import java.util.Arrays;

/**
 * A mixture of Gaussians with full covariances, fitted by k-means and then expectation maximisation (Bishop, "Pattern
 * Recognition and Machine Learning", section 9.2), all in float64: what Cold Diffusion draws starts of generation from.
 *
 * @param weights     [K], summing to 1
 * @param means       [K, D] row-major
 * @param covariances [K, D, D] row-major, with {@value #RIDGE} added on the diagonals
 */
public record GaussianMixture(double[] weights, double[] means, double[] covariances) {
    /** Added on the diagonal of every covariance, so that it can be inverted. */
    private static final double RIDGE = 1e-6;
    private static final double TOLERANCE = 1e-3;
    private static final int MOST_ITERATIONS = 100;

    /** A mixture, and the mean negative log-likelihood (nats) of the data under the one that it was made from. */
    public record Step(GaussianMixture mixture, double negativeLogLikelihood) {
    }

    /** A fitted mixture and how many iterations of expectation maximisation it took. */
    public record Fit(GaussianMixture mixture, int iterations) {
    }

    /** @throws IllegalArgumentException if the arrays do not fit each other */
    public GaussianMixture {
        int k = weights.length;
        if (k < 1 || means.length % k != 0 || means.length == 0
                || covariances.length != (long) means.length * (means.length / k)) {
            throw new IllegalArgumentException("a mixture of %d weights, %d numbers in means and %d in covariances"
                .formatted(k, means.length, covariances.length));
        }
    }

    /** Number of Gaussians. */
    public int components() {
        return weights.length;
    }

    /** Numbers of a vector. */
    public int dimensions() {
        return means.length / weights.length;
    }

    /**
     * Fits a mixture from start to end: k-means from centroids that are vectors of the data drawn far from each other
     * (Arthur and Vassilvitskii 2007, "k-means++"), then expectation maximisation.
     *
     * @param data       [N, D] row-major, at least as many vectors as components
     * @param components number of Gaussians; with one, the result is the data's mean and covariance
     */
    public static Fit fit(double[] data, int dimensions, int components, Philox.Stream random) {
        return fit(data, KMeans.run(data, KMeans.spread(data, dimensions, components, random), dimensions), dimensions);
    }

    /**
     * Expectation maximisation from {@code centroids} on, until an iteration finds a negative log-likelihood that is
     * not below the best so far by more than {@value #TOLERANCE}; what this iteration made still counts. At most
     * {@value #MOST_ITERATIONS} iterations.
     *
     * @param centroids [K, D]
     */
    public static Fit fit(double[] data, double[] centroids, int dimensions) {
        var mixture = ofClusters(data, centroids, dimensions);
        double best = Double.POSITIVE_INFINITY;
        for (int i = 1; ; i++) {
            var step = mixture.improved(data);
            mixture = step.mixture;
            if (!(step.negativeLogLikelihood < best - TOLERANCE) || i == MOST_ITERATIONS) {
                return new Fit(mixture, i);
            }
            best = step.negativeLogLikelihood;
        }
    }

    /**
     * The mixture of the clusters that centroids make: each vector belongs to the nearest.
     *
     * @param centroids [K, D]; they become the means
     */
    public static GaussianMixture ofClusters(double[] data, double[] centroids, int dimensions) {
        int k = centroids.length / dimensions;
        int n = vectors(data, dimensions);
        var responsibilities = new double[n * k];
        var nearest = KMeans.nearest(data, centroids, dimensions);
        for (int i = 0; i < n; i++) {
            responsibilities[i * k + nearest[i]] = 1;
        }
        return weighted(data, responsibilities, centroids, dimensions);
    }

    /** One iteration of expectation maximisation. */
    public Step improved(double[] data) {
        int d = dimensions();
        int k = components();
        int n = vectors(data, d);
        var responsibilities = new double[n * k];
        double sum = 0;
        var densities = new LogDensity[k];
        Arrays.setAll(densities, j -> new LogDensity(this, j));
        for (int i = 0; i < n; i++) {
            sum += responsibilities(data, i, densities, responsibilities);
        }
        return new Step(weighted(data, responsibilities, null, d), -sum / n);
    }

    /** Of vector {@code i}; returns the logarithm of its density. */
    private double responsibilities(double[] data, int i, LogDensity[] densities, double[] out) {
        int k = densities.length;
        double largest = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < k; j++) {
            out[i * k + j] = Math.log(weights[j]) + densities[j].at(data, i * dimensions());
            largest = Math.max(largest, out[i * k + j]);
        }
        double sum = 0;
        for (int j = 0; j < k; j++) {
            sum += Math.exp(out[i * k + j] - largest);
        }
        double log = largest + Math.log(sum);
        for (int j = 0; j < k; j++) {
            out[i * k + j] = Math.exp(out[i * k + j] - log);
        }
        return log;
    }

    /** The maximum-likelihood mixture for given responsibilities [N, K]. @param means null: the weighted ones */
    private static GaussianMixture weighted(double[] data, double[] responsibilities, double[] means, int d) {
        int n = data.length / d;
        int k = responsibilities.length / n;
        var totals = new double[k];
        var centres = new double[k * d];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < k; j++) {
                double r = responsibilities[i * k + j];
                totals[j] += r;
                Dense.addScaled(centres, j * d, r, data, i * d, d);
            }
        }
        for (int c = 0; c < k * d; c++) {
            centres[c] = means == null ? centres[c] / totals[c / d] : means[c];
        }
        var covariances = new double[k * d * d];
        var centred = new double[d];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < k; j++) {
                for (int c = 0; c < d; c++) {
                    centred[c] = data[i * d + c] - centres[j * d + c];
                }
                for (int c = 0; c < d; c++) {
                    double factor = responsibilities[i * k + j] * centred[c];
                    Dense.addScaled(covariances, (j * d + c) * d, factor, centred, 0, d);
                }
            }
        }
        for (int c = 0; c < covariances.length; c++) {
            int row = c / d % d;
            covariances[c] = covariances[c] / totals[c / d / d] + (row == c % d ? RIDGE : 0);
        }
        return new GaussianMixture(Arrays.stream(totals).map(t -> t / n).toArray(), centres, covariances);
    }

    static int vectors(double[] data, int dimensions) {
        if (dimensions < 1 || data.length == 0 || data.length % dimensions != 0) {
            throw new IllegalArgumentException("%d numbers are no vectors of %d".formatted(data.length, dimensions));
        }
        return data.length / dimensions;
    }

    /**
     * Vectors mean + L z, component after component, with L the lower Cholesky factor of the covariance.
     *
     * @param counts  [K] vectors of each component
     * @param normals [sum of counts, D] standard normal numbers
     * @return [sum of counts, D]
     */
    public double[] sample(int[] counts, double[] normals) {
        int d = dimensions();
        if (counts.length != components() || normals.length != (long) Arrays.stream(counts).sum() * d) {
            throw new IllegalArgumentException("%d counts and %d normal numbers for %d components of %d numbers"
                .formatted(counts.length, normals.length, components(), d));
        }
        var out = new double[normals.length];
        int at = 0;
        for (int j = 0; j < counts.length; j++) {
            var factor = Cholesky.factor(covariances, j * d * d, d);
            for (int i = 0; i < counts[j]; i++, at += d) {
                for (int row = 0; row < d; row++) {
                    out[at + row] = means[j * d + row] + Dense.dot(factor, row * d, normals, at, row + 1);
                }
            }
        }
        return out;
    }

    /** {@code n} vectors [n, D], component after component; how many of each is drawn too. */
    public double[] sample(int n, Philox.Stream random) {
        var counts = new int[components()];
        for (int i = 0; i < n; i++) {
            double u = random.nextDouble();
            int j = 0;
            for (; j < counts.length - 1 && u >= weights[j]; j++) {
                u -= weights[j];
            }
            counts[j]++;
        }
        var normals = new double[n * dimensions()];
        for (int i = 0; i < normals.length; i++) {
            normals[i] = random.nextNormal();
        }
        return sample(counts, normals);
    }

    /** The logarithm of one component's density. */
    private static final class LogDensity {
        private final int d;
        private final double[] factor;
        private final double[] mean;
        private final double constant;

        LogDensity(GaussianMixture m, int component) {
            d = m.dimensions();
            factor = Cholesky.factor(m.covariances, component * d * d, d);
            mean = Arrays.copyOfRange(m.means, component * d, (component + 1) * d);
            double logRoot = 0;
            for (int i = 0; i < d; i++) {
                logRoot += Math.log(factor[i * d + i]);
            }
            constant = -0.5 * d * Math.log(2 * Math.PI) - logRoot;
        }

        /** Solves L y = x - mean; the quadratic form is |y|^2. */
        double at(double[] data, int from) {
            var y = new double[d];
            double squares = 0;
            for (int i = 0; i < d; i++) {
                y[i] = (data[from + i] - mean[i] - Dense.dot(factor, i * d, y, 0, i)) / factor[i * d + i];
                squares += y[i] * y[i];
            }
            return constant - 0.5 * squares;
        }
    }
}
