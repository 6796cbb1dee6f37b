package anneal.kernel.profile;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Calls, time, operations and compulsory bytes of each kind of kernel call. It belongs to one thread. */
public final class Profile {
    /** Which calls are counted together: the same family, such as "conv forward", at the same shape. */
    record Kind(String family, Object shape) {
    }

    /** Sums over calls. */
    static final class Sums {
        private long calls;
        private long nanos;
        private double flops;
        private double bytes;

        long calls() {
            return calls;
        }

        double seconds() {
            return nanos * 1e-9;
        }

        /** Multiplications and additions of the direct algorithm. */
        double flops() {
            return flops;
        }

        /** Every operand once. */
        double bytes() {
            return bytes;
        }

        double floor(Peak peak) {
            return peak.floor(flops, bytes);
        }
    }

    private final Map<Kind, Sums> sums = new LinkedHashMap<>();
    private long begin = System.nanoTime();

    /**
     * Adds a call.
     *
     * @param shape anything that has equals, and says in its toString what sets these calls apart in their family
     */
    public void add(String family, Object shape, long nanos, double flops, double bytes) {
        var s = sums.computeIfAbsent(new Kind(family, shape), kind -> new Sums());
        s.calls++;
        s.nanos += nanos;
        s.flops += flops;
        s.bytes += bytes;
    }

    /** Forgets everything and begins anew, after a warm-up for example. */
    public void clear() {
        sums.clear();
        begin = System.nanoTime();
    }

    /** Time of day that has passed since the beginning, in kernels or not. */
    public double wallSeconds() {
        return (System.nanoTime() - begin) * 1e-9;
    }

    /** Multiplications and additions of all calls. */
    public double flops() {
        return sums.values().stream().mapToDouble(Sums::flops).sum();
    }

    Collection<Map.Entry<Kind, Sums>> sums() {
        return sums.entrySet();
    }
}
