package anneal.cli;

import anneal.io.Json;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code anneal devices}: where this machine can compute. */
@Command(
        name = "devices",
        header = "List the devices that can compute here, and why others cannot.",
        description = {
            "",
            "cpu is the fast one. reference is the float64 definition of every operation in plain loops: slow, and "
                + "what "
                + "the others are checked against. cuda and sim run the CUDA kernels, on a GPU or simulated."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  anneal devices",
            "  anneal devices --json"
        })
final class DevicesCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "0",
            description = "Threads that the cpu device would be opened with; 0 takes every processor "
                    + "(default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** What {@code --json} prints. */
    record Report(int processors, long physicalMemoryBytes, long heapLimitBytes, String java, List<Line> devices) {
    }

    /** One device: {@code description} says what it is if it is available, otherwise why not. */
    record Line(String name, boolean available, String elementType, String description) {
    }

    @Override
    public Integer call() {
        var lines = Devices.NAMES.stream().map(this::look).toList();
        var report = new Report(Runtime.getRuntime().availableProcessors(), physicalMemory(),
                Runtime.getRuntime().maxMemory(), Runtime.version().toString(), lines);
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.write(report));
        } else {
            print(out, report);
        }
        out.flush();
        return 0;
    }

    private Line look(String name) {
        var reason = Devices.unavailable(name);
        if (reason.isPresent()) {
            return new Line(name, false, null, reason.get());
        }
        try (var device = Devices.open(name, DeviceOptions.threads(threads))) {
            return new Line(name, true, device.floatType().toString(), behind(name, device.backend().description()));
        } catch (RuntimeException e) {   // a driver that refuses must not hide the other devices
            return new Line(name, false, null, "cannot be opened: " + behind(name, Failures.message(e)));
        }
    }

    /** Without the device's own name in front. */
    private static String behind(String name, String text) {
        var prefix = name + ": ";
        return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
    }

    private static void print(PrintWriter out, Report report) {
        for (var line : report.devices) {
            out.printf("%-10s %s%n", line.name, line.description);
        }
        out.printf("%n%d processors, %s of memory (Java's heap may take %s; tensors lie outside it)%n",
                report.processors, Figures.bytes(report.physicalMemoryBytes), Figures.bytes(report.heapLimitBytes));
    }

    private static long physicalMemory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize() : 0;
    }
}
