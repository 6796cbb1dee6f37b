package anneal.study.ladder;

import anneal.kernel.cuda.driver.KernelCounts;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long a kernel would take on an H100 SXM if nothing but its busiest part counted: what it moves over the bandwidth of
 * the second-level cache, what must be moved at least over memory's, passes over shared memory, and arithmetic on and off
 * tensor cores, each over its peak. A lower bound: latencies, and that a part rarely runs at its peak, come on top.
 *
 * @param seconds of the busiest part
 * @param bound   its name
 */
record Prediction(double seconds, String bound) {
    /** NVIDIA's data sheet of the H100 SXM5: HBM3, dense bfloat16, float32; boost clock and number of multiprocessors. */
    private static final double MEMORY = 3.35e12;
    private static final double TENSOR = 989e12;
    private static final double FLOAT = 67e12;
    private static final double CLOCK = 1.755e9;
    private static final int MULTIPROCESSORS = 132;
    /** Measured by others at 5.5 to 7 TB/s. */
    private static final double CACHE = 5.5e12;

    /**
     * @param counts     of the rung, for a problem
     * @param flops      of that problem
     * @param scale      how many times its work the prediction is for
     * @param largeBytes what the large problem has to move at least
     */
    static Prediction of(KernelCounts counts, double flops, double scale, double largeBytes) {
        Map<String, Double> parts = new LinkedHashMap<>();
        parts.put("memory", largeBytes / MEMORY);
        parts.put("cache", scale * counts.moved() / CACHE);
        parts.put("shared memory", scale * counts.passes() / (CLOCK * MULTIPROCESSORS));
        parts.put("tensor cores", scale * 2.0 * counts.multiplyAdds() / TENSOR);
        parts.put("float32", scale * Math.max(0, flops - 2.0 * counts.multiplyAdds()) / FLOAT);
        var busiest = parts.entrySet().stream().max(Comparator.comparingDouble(Map.Entry::getValue)).orElseThrow();
        return new Prediction(busiest.getValue(), busiest.getKey());
    }
}
