package anneal.kernel.profile;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Calls, time, operations and compulsory bytes of each kind of kernel call. */
public final class Profile {
    /** Sums over calls of one name. */
    public static final class Entry {
        private final String name;
        private long calls;
        private long nanos;
        private double flops;
        private double bytes;

        private Entry(String name) {
            this.name = name;
        }

        public String name() {
            return name;
        }

        public long calls() {
            return calls;
        }

        public double seconds() {
            return nanos * 1e-9;
        }

        /** Multiplications and additions of the direct algorithm. */
        public double flops() {
            return flops;
        }

        /** Every operand once. */
        public double bytes() {
            return bytes;
        }
    }

    /**
     * What the machine can do at most, for the floor of a call: the larger of operations over peak and bytes over
     * bandwidth.
     */
    public record Peak(double flopsPerSecond, double bytesPerSecond) {
        double floor(Entry e) {
            return Math.max(e.flops / flopsPerSecond, e.bytes / bytesPerSecond);
        }
    }

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** Adds a call. */
    public void add(String name, long nanos, double flops, double bytes) {
        Entry e = entries.computeIfAbsent(name, Entry::new);
        e.calls++;
        e.nanos += nanos;
        e.flops += flops;
        e.bytes += bytes;
    }

    public void clear() {
        entries.clear();
    }

    /** The longest first. */
    public List<Entry> entries() {
        return entries.values().stream().sorted(Comparator.comparingLong((Entry e) -> e.nanos).reversed()).toList();
    }

    public double seconds() {
        return entries.values().stream().mapToDouble(Entry::seconds).sum();
    }

    /** A table, the longest first; {@code peak} may be null, then there is no column for the floor. */
    public String table(Peak peak) {
        StringBuilder out = new StringBuilder("%-64s %8s %10s %6s %9s %8s%s%n".formatted(
                "kernel", "calls", "ms", "share", "GFLOP/s", "GB/s", peak == null ? "" : "  x floor"));
        double all = seconds();
        for (Entry e : entries()) {
            double s = e.seconds();
            out.append("%-64s %8d %10.2f %5.1f%% %9.1f %8.1f".formatted(e.name, e.calls, s * 1e3, 100 * s / all,
                    e.flops / s * 1e-9, e.bytes / s * 1e-9));
            out.append(peak == null ? "" : " %8.1f".formatted(s / peak.floor(e))).append(System.lineSeparator());
        }
        return out.append("%-64s %8s %10.2f%n".formatted("all", "", all * 1e3)).toString();
    }
}
