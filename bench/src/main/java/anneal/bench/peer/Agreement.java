package anneal.bench.peer;

import anneal.io.TensorData;
import java.util.Map;

/** How far our results are from the peer's. */
final class Agreement {
    /** A gradient that cancels to almost nothing is measured against this part of the largest tensor's norm. */
    private static final double NEGLIGIBLE = 1e-3;

    private Agreement() {
    }

    /**
     * The worst ||ours - theirs|| / ||theirs|| of any tensor.
     *
     * @throws IllegalStateException if names or sizes differ or a number is not finite
     */
    static double worst(Map<String, float[]> ours, Map<String, TensorData> theirs) {
        if (!ours.keySet().equals(theirs.keySet())) {
            throw new IllegalStateException("the two sides computed different things: " + ours.keySet() + " and "
                    + theirs.keySet());
        }
        double largest = 0;
        for (var data : theirs.values()) {
            largest = Math.max(largest, norm(data.toFloats()));
        }
        double worst = 0;
        for (var entry : ours.entrySet()) {
            var reference = theirs.get(entry.getKey()).toFloats();
            double error = distance(entry.getKey(), entry.getValue(), reference)
                    / Math.max(norm(reference), NEGLIGIBLE * largest);
            if (!Double.isFinite(error)) {
                throw new IllegalStateException(entry.getKey() + " is not finite");
            }
            worst = Math.max(worst, error);
        }
        return worst;
    }

    private static double distance(String name, float[] a, float[] b) {
        if (a.length != b.length) {
            throw new IllegalStateException(name + " has " + a.length + " numbers here and " + b.length + " there");
        }
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = (double) a[i] - b[i];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }

    private static double norm(float[] a) {
        double sum = 0;
        for (float v : a) {
            sum += (double) v * v;
        }
        return Math.sqrt(sum);
    }
}
