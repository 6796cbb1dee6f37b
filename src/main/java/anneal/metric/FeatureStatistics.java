package anneal.metric;

import java.util.stream.IntStream;

/**
 * Mean and covariance of feature vectors.
 *
 * @param mean       [features]
 * @param covariance [features, features] row-major, symmetric, divided by the number of vectors less one
 */
public record FeatureStatistics(double[] mean, double[] covariance) {

    /** @throws IllegalArgumentException if the covariance is not square in the mean's length */
    public FeatureStatistics {
        if (covariance.length != (long) mean.length * mean.length) {
            throw new IllegalArgumentException("a mean of %d features with a covariance of %d numbers"
                .formatted(mean.length, covariance.length));
        }
    }

    /** How many features. */
    public int features() {
        return mean.length;
    }

    /**
     * Statistics of {@code vectors} rows of {@code features} numbers.
     *
     * @throws IllegalArgumentException if there are fewer than two vectors or the array has another length
     */
    public static FeatureStatistics of(float[] rows, int vectors, int features) {
        var builder = new Builder(features);
        builder.add(rows, vectors);
        return builder.build();
    }

    /**
     * The features of sFID: of maps [vectors, height, width, channels] the first {@code kept} channels, each map
     * flattened in the order height, width, channel.
     *
     * @see <a href="https://arxiv.org/abs/2103.03841">Nash et al. 2021, section 4.1</a>
     */
    public static float[] spatial(float[] maps, int channels, int kept) {
        if (kept < 1 || kept > channels || maps.length % channels != 0) {
            throw new IllegalArgumentException("cannot keep %d of %d channels in %d numbers"
                .formatted(kept, channels, maps.length));
        }
        var features = new float[maps.length / channels * kept];
        for (int place = 0; place < maps.length / channels; place++) {
            System.arraycopy(maps, place * channels, features, place * kept, kept);
        }
        return features;
    }

    /** Takes vectors batch by batch, so that not all need be in memory. The batches' sizes change rounding only. */
    public static final class Builder {

        /** Rows of a batch that are gone through together: they stay in cache while one row of products is summed. */
        private static final int BLOCK = 64;

        private final int features;
        private final double[] sum;
        /** Sums of products, the lower triangle of [features, features]. */
        private final double[] products;
        /** A point among the vectors. Sums are of differences to it, lest the covariance drown in a large mean. */
        private double[] origin;
        private long count;

        public Builder(int features) {
            if (features < 1) {
                throw new IllegalArgumentException("statistics of " + features + " features");
            }
            this.features = features;
            this.sum = new double[features];
            this.products = new double[Math.multiplyExact(features, features)];
        }

        /**
         * Adds vectors.
         *
         * @param rows [vectors, features]
         * @throws IllegalArgumentException if the array has another length
         */
        public void add(float[] rows, int vectors) {
            if (rows.length != (long) vectors * features) {
                throw new IllegalArgumentException("%d vectors of %d features in an array of %d"
                    .formatted(vectors, features, rows.length));
            }
            if (origin == null && vectors > 0) {
                origin = means(rows, vectors);
            }
            for (int start = 0; start < vectors; start += BLOCK) {
                addBlock(rows, start, Math.min(BLOCK, vectors - start));
            }
            count += vectors;
        }

        private double[] means(float[] rows, int vectors) {
            var means = new double[features];
            for (int i = 0; i < rows.length; i++) {
                means[i % features] += rows[i];
            }
            for (int f = 0; f < features; f++) {
                means[f] /= vectors;
            }
            return means;
        }

        private void addBlock(float[] rows, int start, int n) {
            var shifted = new double[n][features];
            for (int r = 0; r < n; r++) {
                for (int f = 0; f < features; f++) {
                    shifted[r][f] = rows[(start + r) * features + f] - origin[f];
                    sum[f] += shifted[r][f];
                }
            }
            // Each row of products is one task that sums in the order of the vectors: any number of threads, same bits.
            IntStream.range(0, features).parallel().forEach(i -> {
                for (var row : shifted) {
                    Dense.addScaled(products, i * features, row[i], row, 0, i + 1);
                }
            });
        }

        /** @throws IllegalArgumentException if fewer than two vectors were added */
        public FeatureStatistics build() {
            if (count < 2) {
                throw new IllegalArgumentException("a covariance needs two vectors or more, got " + count);
            }
            var mean = new double[features];
            var covariance = new double[features * features];
            for (int i = 0; i < features; i++) {
                mean[i] = origin[i] + sum[i] / count;
                for (int j = 0; j <= i; j++) {
                    double value = (products[i * features + j] - sum[i] * (sum[j] / count)) / (count - 1);
                    covariance[i * features + j] = value;
                    covariance[j * features + i] = value;
                }
            }
            return new FeatureStatistics(mean, covariance);
        }
    }
}
