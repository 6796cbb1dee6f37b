package anneal.metric;

import java.util.Arrays;

/**
 * exp of the mean divergence of each sample's class probabilities from their mean, per split and averaged over splits.
 *
 * @param perSplit each split's score
 * @see <a href="https://arxiv.org/abs/1606.03498">Salimans et al. 2016, section 4</a>
 */
public record InceptionScore(double[] perSplit) {

    /** The mean over the splits. */
    public double score() {
        return Arrays.stream(perSplit).sum() / perSplit.length;
    }

    /**
     * Scores class probabilities.
     *
     * @param probabilities [samples, classes], each row summing to 1; a zero adds nothing
     * @param splitSize     rows in a split, OpenAI's evaluator takes 5,000; the last may have fewer
     * @throws IllegalArgumentException if there are no samples, the array has another length,
     *                                  or a number is not a probability
     */
    public static InceptionScore of(float[] probabilities, int samples, int classes, int splitSize) {
        if (samples < 1 || classes < 1 || splitSize < 1 || probabilities.length != (long) samples * classes) {
            throw new IllegalArgumentException("%d samples of %d classes in splits of %d from an array of %d"
                .formatted(samples, classes, splitSize, probabilities.length));
        }
        for (float p : probabilities) {
            if (!(p >= 0 && p <= 1 + 1e-3f)) {
                throw new IllegalArgumentException("a probability of " + p);
            }
        }
        var scores = new double[Math.ceilDiv(samples, splitSize)];
        for (int split = 0; split < scores.length; split++) {
            int first = split * splitSize;
            scores[split] = score(probabilities, first, Math.min(samples, first + splitSize), classes);
        }
        return new InceptionScore(scores);
    }

    private static double score(float[] p, int first, int end, int classes) {
        var mean = new double[classes];
        for (int i = first * classes; i < end * classes; i++) {
            mean[i % classes] += p[i];
        }
        for (int k = 0; k < classes; k++) {
            mean[k] = Math.log(mean[k] / (end - first));
        }
        double divergence = 0;
        for (int i = first * classes; i < end * classes; i++) {
            divergence += p[i] == 0 ? 0 : p[i] * (Math.log(p[i]) - mean[i % classes]);
        }
        return Math.exp(divergence / (end - first));
    }
}
