package anneal.bench.gpu;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** A part of what a computation gave, spread evenly over every tensor, and how far two such are apart. */
final class Samples {
    /** As in torch_gpu.py. */
    private static final int MOST = 1 << 16;

    private Samples() {
    }

    /** Every so many elements of each tensor; of small ones all. */
    static SequencedMap<String, float[]> of(Map<String, float[]> tensors) {
        var samples = new LinkedHashMap<String, float[]>();
        tensors.forEach((name, all) -> {
            int step = Math.max(1, all.length / MOST) | 1;
            var some = new float[(all.length + step - 1) / step];
            for (int i = 0; i < some.length; i++) {
                some[i] = all[i * step];
            }
            samples.put(name, some);
        });
        return samples;
    }

    /**
     * ||computed - truth|| / ||truth||, the worse of a network's loss and all of its gradients taken together; NaN if a
     * number is.
     *
     * @throws IllegalStateException if the two are not of the same things
     */
    static double error(Map<String, float[]> computed, Map<String, float[]> truth) {
        if (!computed.keySet().equals(truth.keySet())) {
            throw new IllegalStateException("different things were computed: " + computed.keySet() + " and "
                    + truth.keySet());
        }
        var sums = new LinkedHashMap<String, double[]>();
        truth.forEach((name, wanted) -> add(name, computed.get(name), wanted,
                sums.computeIfAbsent(name.replaceFirst("^grad\\..*", "grad"), group -> new double[2])));
        return sums.values().stream().mapToDouble(s -> Math.sqrt(s[0] / s[1])).reduce(0,
                (a, b) -> Double.isNaN(a) || a > b ? a : b);
    }

    private static void add(String name, float[] computed, float[] wanted, double[] sums) {
        if (computed.length != wanted.length) {
            throw new IllegalStateException(name + " has " + computed.length + " numbers on one side and "
                    + wanted.length + " on the other");
        }
        for (int i = 0; i < wanted.length; i++) {
            double difference = (double) computed[i] - wanted[i];
            sums[0] += difference * difference;
            sums[1] += (double) wanted[i] * wanted[i];
        }
    }
}
