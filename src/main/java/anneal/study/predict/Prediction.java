package anneal.study.predict;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long a kernel would take on an H100 SXM if nothing but its busiest part counted: what must be moved at least over
 * the bandwidth of memory, what its blocks fetch over the second-level cache's, what its instructions move over the
 * first-level caches', passes over shared memory, and arithmetic on and off tensor cores, each over its peak. A lower
 * bound: latencies, and that a part rarely runs at its peak, come on top.
 *
 * @param seconds of the busiest part
 * @param bound   its name
 */
public record Prediction(double seconds, String bound) {
    /** What a launch takes though it does nothing: an assumption, see docs/benchmarks/predictions.md. */
    public static final double LAUNCH = 2e-6;
    public static final int MULTIPROCESSORS = 132;
    /** NVIDIA's data sheet of the H100 SXM5: HBM3, dense bfloat16 and tf32, float32, boost clock. */
    private static final double MEMORY = 3.35e12;
    private static final double TENSOR = 989e12;
    private static final double TENSOR_TF32 = TENSOR / 2;
    private static final double FLOAT = 67e12;
    private static final double CLOCK = 1.755e9;
    /** Measured by others at 5.5 to 7 TB/s. */
    private static final double CACHE = 5.5e12;
    /** What one multiprocessor gets of it, 64 bytes a clock, and of its own first-level cache, 128. */
    private static final double CACHE_OF_ONE = 64 * CLOCK;
    private static final double FIRST_CACHE_OF_ONE = 128 * CLOCK;

    /**
     * What a launch does.
     *
     * @param blocks       that it has: fewer than there are multiprocessors leave the others idle
     * @param fetched      bytes of the sectors that each block touches
     * @param moved        bytes of the sectors that each instruction of a warp touches
     * @param passes       over the banks of shared memory
     * @param multiplyAdds on tensor cores
     * @param flops        all operations, those on tensor cores included; 0 if nobody counted them
     * @param bytes        that have to be moved at least
     * @param tf32         whether tensor cores multiply tf32 rather than bfloat16
     */
    public record Work(double blocks, double fetched, double moved, double passes, double multiplyAdds, double flops,
                       double bytes, boolean tf32) {
    }

    /** From the peaks alone. */
    public static Prediction of(Work w) {
        double busy = Math.min(w.blocks, MULTIPROCESSORS);
        double share = busy / MULTIPROCESSORS;
        Map<String, Double> parts = new LinkedHashMap<>();
        parts.put("memory", w.bytes / MEMORY);
        parts.put("second cache", w.fetched / Math.min(CACHE, busy * CACHE_OF_ONE));
        parts.put("first cache", w.moved / (busy * FIRST_CACHE_OF_ONE));
        parts.put("shared memory", w.passes / (CLOCK * busy));
        parts.put("tensor cores", 2 * w.multiplyAdds / (share * (w.tf32 ? TENSOR_TF32 : TENSOR)));
        parts.put("float32", Math.max(0, w.flops - 2 * w.multiplyAdds) / (share * FLOAT));
        var busiest = parts.entrySet().stream().max(Comparator.comparingDouble(Map.Entry::getValue)).orElseThrow();
        return new Prediction(busiest.getValue(), busiest.getKey());
    }

    /** The same, but a launch's own cost at least. */
    public static Prediction ofLaunch(Work w) {
        var p = of(w);
        return p.seconds < LAUNCH ? new Prediction(LAUNCH, "launch") : p;
    }
}
