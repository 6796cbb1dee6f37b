package anneal.bench.peer;

import java.util.Arrays;
import java.util.List;

/** The middle and the ends of some figures. */
public record Series(double median, double min, double max) {
    /** @throws IllegalArgumentException if there are none */
    public static Series of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no figures");
        }
        var sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Series(median, sorted[0], sorted[sorted.length - 1]);
    }

    public static Series of(List<Double> values) {
        return of(values.stream().mapToDouble(v -> v).toArray());
    }
}
