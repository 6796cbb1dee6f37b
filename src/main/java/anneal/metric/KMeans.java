package anneal.metric;

import anneal.kernel.Philox;
import java.util.Arrays;

/** Clusters by their centroids: Lloyd's algorithm (Lloyd 1982, "Least squares quantization in PCM"). */
public final class KMeans {
    private static final int MOST_ITERATIONS = 10_000;

    private KMeans() {
    }

    /**
     * Moves centroids to the means of the vectors nearest to them until none moves. One that no vector is nearest to
     * stays.
     *
     * @param data  [N, D] row-major
     * @param start [K, D]
     * @return [K, D]
     */
    public static double[] run(double[] data, double[] start, int dimensions) {
        var centroids = start.clone();
        for (int i = 0; i < MOST_ITERATIONS; i++) {
            var moved = means(data, nearest(data, centroids, dimensions), centroids, dimensions);
            if (Arrays.equals(moved, centroids)) {
                break;
            }
            centroids = moved;
        }
        return centroids;
    }

    private static double[] means(double[] data, int[] nearest, double[] centroids, int d) {
        var sums = new double[centroids.length];
        var counts = new int[centroids.length / d];
        for (int i = 0; i < nearest.length; i++) {
            counts[nearest[i]]++;
            Dense.addScaled(sums, nearest[i] * d, 1, data, i * d, d);
        }
        for (int c = 0; c < sums.length; c++) {
            sums[c] = counts[c / d] == 0 ? centroids[c] : sums[c] / counts[c / d];
        }
        return sums;
    }

    /** For each vector the number of the nearest centroid, the first of several. */
    static int[] nearest(double[] data, double[] centroids, int d) {
        var nearest = new int[GaussianMixture.vectors(data, d)];
        for (int i = 0; i < nearest.length; i++) {
            double best = Double.POSITIVE_INFINITY;
            for (int j = 0; j < centroids.length / d; j++) {
                double distance = distance(data, i * d, centroids, j * d, d);
                if (distance < best) {
                    best = distance;
                    nearest[i] = j;
                }
            }
        }
        return nearest;
    }

    /**
     * Vectors of the data as centroids: the first evenly, each other with a probability that grows with the square of
     * its distance to those before it.
     */
    static double[] spread(double[] data, int d, int components, Philox.Stream random) {
        int n = GaussianMixture.vectors(data, d);
        if (components < 1 || components > n) {
            throw new IllegalArgumentException(components + " clusters of " + n + " vectors");
        }
        var centroids = new double[components * d];
        var distances = new double[n];
        Arrays.fill(distances, Double.POSITIVE_INFINITY);
        int chosen = random.nextInt(n);
        for (int j = 0; j < components; j++) {
            System.arraycopy(data, chosen * d, centroids, j * d, d);
            double sum = 0;
            for (int i = 0; i < n; i++) {
                distances[i] = Math.min(distances[i], distance(data, i * d, centroids, j * d, d));
                sum += distances[i];
            }
            double u = random.nextDouble() * sum;
            for (chosen = 0; chosen < n - 1 && u >= distances[chosen]; chosen++) {
                u -= distances[chosen];
            }
        }
        return centroids;
    }

    private static double distance(double[] a, int at, double[] b, int from, int d) {
        double sum = 0;
        for (int c = 0; c < d; c++) {
            double difference = a[at + c] - b[from + c];
            sum += difference * difference;
        }
        return sum;
    }
}
