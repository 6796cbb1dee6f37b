package anneal.kernel.profile;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/**
 * Where the time went, by family of operations and by single shapes, the longest first.
 *
 * @param peak           what the machine can do
 * @param peakMeasured   whether that was measured just before, or given
 * @param warmUpSteps    steps at the beginning that are left out
 * @param steps          steps that are counted
 * @param wallSeconds    that these took
 * @param kernelSeconds  of them in kernels
 * @param families       all
 * @param shapes         the longest only
 * @param shapesInAll    how many there are
 */
public record ProfileReport(Peak peak, boolean peakMeasured, long warmUpSteps, long steps, double wallSeconds,
                            double kernelSeconds, List<Line> families, List<Line> shapes, int shapesInAll) {
    private static final String ROW = "%-56s %9s %10s %6s %9s %8s %7s";

    /**
     * Calls that are counted together.
     *
     * @param name            family, or family and shape
     * @param share           of the time in all kernels
     * @param gflopsPerSecond 10^9 multiplications and additions of the direct algorithm a second
     * @param gbPerSecond     10^9 bytes a second, every operand counted once a call
     * @param floorSeconds    sum over shapes of the least time that the machine's peak allows
     * @param timesFloor      seconds over floorSeconds: 1 is perfect. Less is possible where an algorithm needs fewer
     *                        operations than the direct one (Winograd), or where data was still in a cache
     */
    public record Line(String name, long calls, double seconds, double share, double gflopsPerSecond,
                       double gbPerSecond, double floorSeconds, double timesFloor) {
    }

    /** Sums that grow into a line. */
    private static final class Total {
        private long calls;
        private double seconds;
        private double flops;
        private double bytes;
        private double floor;

        Total add(Profile.Sums s, Peak peak) {
            calls += s.calls();
            seconds += s.seconds();
            flops += s.flops();
            bytes += s.bytes();
            floor += s.floor(peak);
            return this;
        }

        Line line(String name, double all) {
            return new Line(name, calls, seconds, seconds / all, flops / seconds * 1e-9, bytes / seconds * 1e-9, floor,
                    seconds / floor);
        }
    }

    /**
     * @param top how many shapes at most
     */
    public static ProfileReport of(Profile profile, Peak peak, boolean peakMeasured, long warmUpSteps, long steps,
                                   int top) {
        double wall = profile.wallSeconds();
        double all = profile.sums().stream().mapToDouble(e -> e.getValue().seconds()).sum();
        var byFamily = new LinkedHashMap<String, Total>();
        profile.sums().forEach(e ->
                byFamily.computeIfAbsent(e.getKey().family(), name -> new Total()).add(e.getValue(), peak));
        var longestFirst = Comparator.comparingDouble(Line::seconds).reversed();
        var families = byFamily.entrySet().stream().map(e -> e.getValue().line(e.getKey(), all))
                .sorted(longestFirst).toList();
        var shapes = profile.sums().stream()
                .map(e -> new Total().add(e.getValue(), peak)
                        .line(e.getKey().family() + "  " + e.getKey().shape(), all))
                .sorted(longestFirst).limit(top).toList();
        return new ProfileReport(peak, peakMeasured, warmUpSteps, steps, wall, all, families, shapes,
                profile.sums().size());
    }

    /** As two tables. */
    public void print(PrintWriter out) {
        out.printf(Locale.ROOT, "%nprofile of %,d steps, the first %,d left out as warm-up: %.2f s, of which %.1f %% "
                + "in kernels%n", steps, warmUpSteps, wallSeconds, 100 * kernelSeconds / wallSeconds);
        out.printf(Locale.ROOT, "floor: %.0f GFLOP/s and %.1f GB/s, %s; less than 1 x is possible by fewer operations "
                        + "than the direct algorithm's, or from caches%n%n", peak.flopsPerSecond() * 1e-9,
                peak.bytesPerSecond() * 1e-9, peakMeasured ? "measured before" : "as given");
        table(out, "by operation", families);
        out.println();
        table(out, shapes.size() < shapesInAll ? "the longest %d of %d shapes".formatted(shapes.size(), shapesInAll)
                : "by shape", shapes);
    }

    private static void table(PrintWriter out, String title, List<Line> lines) {
        out.println(ROW.formatted(title, "calls", "ms", "share", "GFLOP/s", "GB/s", "x floor"));
        for (var l : lines) {
            out.println(ROW.formatted(l.name, l.calls, fixed("%.2f", l.seconds * 1e3), fixed("%.1f%%", 100 * l.share),
                    l.gflopsPerSecond == 0 ? "" : fixed("%.1f", l.gflopsPerSecond), fixed("%.1f", l.gbPerSecond),
                    fixed("%.1f", l.timesFloor)));
        }
    }

    private static String fixed(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
