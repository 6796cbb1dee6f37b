package anneal.bench.peer;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where and in what company the figures were taken.
 *
 * @param load average number of running processes in the last minute; negative where it is not known
 */
public record Machine(String processor, int processors, String system, String java, double load) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String PEAK = "VmHWM:";
    private static final int KIB = 1024;

    public static Machine here() {
        return new Machine(processorName(), Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + Runtime.version(), loadNow());
    }

    static double loadNow() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static String processorName() {
        var unknown = System.getProperty("os.arch");
        if (!Files.isReadable(CPU_INFO)) {
            return unknown;
        }
        try (var lines = Files.lines(CPU_INFO)) {
            return lines.filter(l -> l.startsWith("model name")).map(l -> l.substring(l.indexOf(':') + 1).strip())
                    .findFirst().orElse(unknown);
        } catch (IOException e) {
            return unknown;
        }
    }

    /** The most memory of this process that was resident so far, or -1 where the system does not tell. */
    static long peakBytes() throws IOException {
        if (!Files.isReadable(STATUS)) {
            return -1;
        }
        try (var lines = Files.lines(STATUS)) {
            return lines.filter(l -> l.startsWith(PEAK))
                    .mapToLong(l -> Long.parseLong(l.substring(PEAK.length()).replace("kB", "").strip()) * KIB)
                    .findFirst().orElse(-1);
        }
    }
}
