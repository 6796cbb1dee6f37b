package anneal.metric;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A set of vectors and the squared Euclidean distances from it, computed as plain sums of squared differences: exact
 * zero for equal vectors, and the same bits in both directions.
 *
 * @param rows [count, features]
 */
record Points(float[] rows, int features, int count) {

    /** Vectors that are compared with one other together, side by side in vector lanes. */
    private static final int BLOCK = 64;

    /** What is done with the distances from vector i to the {@code n} vectors from {@code start} on. */
    @FunctionalInterface
    private interface Visitor {
        void visit(int i, int start, int n, double[] distances);
    }

    /** @throws IllegalArgumentException if the array is not whole vectors, more than k of them */
    static Points of(float[] rows, int features, int k) {
        if (features < 1 || k < 1 || rows.length % features != 0 || rows.length / features <= k) {
            throw new IllegalArgumentException("%d numbers in vectors of %d with k = %d; more than k vectors are needed"
                .formatted(rows.length, features, k));
        }
        return new Points(rows, features, rows.length / features);
    }

    /** The squared distance from each vector to its k-th nearest other vector of the set. */
    double[] radii(int k) {
        var nearest = new double[count][k];
        for (var row : nearest) {
            Arrays.fill(row, Double.POSITIVE_INFINITY);
        }
        compareWith(this, (i, start, n, distances) -> {
            for (int j = 0; j < n; j++) {
                if (start + j != i) {
                    insert(nearest[i], distances[j]);
                }
            }
        });
        return Arrays.stream(nearest).mapToDouble(row -> row[k - 1]).toArray();
    }

    /** Which of the vectors lie within the ball, of that squared radius, of any vector of the other set. */
    boolean[] within(Points others, double[] radii) {
        var inside = new boolean[count];
        compareWith(others, (i, start, n, distances) -> {
            for (int j = 0; j < n; j++) {
                inside[i] |= distances[j] <= radii[start + j];
            }
        });
        return inside;
    }

    /** Keeps the smallest values in rising order. */
    private static void insert(double[] smallest, double value) {
        int at = smallest.length - 1;
        if (!(value < smallest[at])) {
            return;
        }
        for (; at > 0 && smallest[at - 1] > value; at--) {
            smallest[at] = smallest[at - 1];
        }
        smallest[at] = value;
    }

    /** Block after block of the others, each against every vector here; a vector is one task. */
    private void compareWith(Points others, Visitor visitor) {
        if (others.features != features) {
            throw new IllegalArgumentException("vectors of " + features + " and of " + others.features + " features");
        }
        for (int start = 0; start < others.count; start += BLOCK) {
            int first = start;
            int n = Math.min(BLOCK, others.count - start);
            var block = others.transposed(first, n);
            IntStream.range(0, count).parallel().forEach(i -> visitor.visit(i, first, n, distances(i, block)));
        }
    }

    /** [features, BLOCK], so that one feature of all vectors is contiguous; what is beyond n stays zero. */
    private double[] transposed(int start, int n) {
        var block = new double[features * BLOCK];
        for (int j = 0; j < n; j++) {
            for (int f = 0; f < features; f++) {
                block[f * BLOCK + j] = rows[(start + j) * features + f];
            }
        }
        return block;
    }

    private double[] distances(int i, double[] block) {
        var sums = new double[BLOCK];
        for (int f = 0; f < features; f++) {
            double value = rows[i * features + f];
            for (int j = 0; j < BLOCK; j++) {
                double difference = value - block[f * BLOCK + j];
                sums[j] += difference * difference;
            }
        }
        return sums;
    }
}
