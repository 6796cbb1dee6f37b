package anneal.metric;

/**
 * Improved precision and recall: each set's manifold is the union of balls around its points, each as large as the
 * distance to the point's k-th nearest neighbour in the set.
 *
 * @param precision         fraction of the samples within the reference's manifold
 * @param recall            fraction of the reference within the samples' manifold
 * @param referenceRadii    squared radius of each reference point's ball
 * @param sampleRadii       squared radius of each sample's ball
 * @param sampleInReference whether each sample lies within the reference's manifold
 * @param referenceInSample whether each reference point lies within the samples' manifold
 * @see <a href="https://arxiv.org/abs/1904.06991">Kynkäänniemi et al. 2019, equations 1 and 2</a>
 */
public record PrecisionRecall(double precision, double recall, double[] referenceRadii, double[] sampleRadii,
                              boolean[] sampleInReference, boolean[] referenceInSample) {

    /**
     * Measures samples against a reference. The work grows with the product of the set sizes.
     *
     * @param reference [reference vectors, features]
     * @param samples   [samples, features]
     * @param features  numbers in a vector
     * @param k         which neighbour, 3 in the paper
     * @throws IllegalArgumentException if a set has not more than k vectors or an array is not whole vectors
     */
    public static PrecisionRecall of(float[] reference, float[] samples, int features, int k) {
        var one = Points.of(reference, features, k);
        var two = Points.of(samples, features, k);
        var referenceRadii = one.radii(k);
        var sampleRadii = two.radii(k);
        var sampleInReference = two.within(one, referenceRadii);
        var referenceInSample = one.within(two, sampleRadii);
        return new PrecisionRecall(fraction(sampleInReference), fraction(referenceInSample),
            referenceRadii, sampleRadii, sampleInReference, referenceInSample);
    }

    private static double fraction(boolean[] inside) {
        int count = 0;
        for (boolean one : inside) {
            count += one ? 1 : 0;
        }
        return (double) count / inside.length;
    }
}
