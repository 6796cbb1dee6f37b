package anneal.gpucheck;

import anneal.kernel.cuda.TestedDevice;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** What there is before anything of ours has run, and kernels by the machine's own compiler. */
final class Machine {
    private static final int BUILD_SECONDS = 500;

    private Machine() {
    }

    static void describe(Context c) {
        c.findings().add(Finding.note("java", Runtime.version() + ", " + Runtime.getRuntime().availableProcessors()
                + " processors, " + System.getProperty("os.name") + " " + System.getProperty("os.version")));
        program(c, "nvidia-smi", "--query-gpu=name,memory.total,driver_version,compute_cap", "--format=csv,noheader");
        program(c, "nvcc", "--version");
        program(c, "compute-sanitizer", "--version");
        program(c, "python3", "-c", "import torch; print('torch', torch.__version__, 'cuda', torch.version.cuda, "
                + "'cudnn', torch.backends.cudnn.version())");
        for (var device : Devices.NAMES) {
            c.findings().add(Finding.note("device " + device, line(device)));
        }
    }

    /** One line about a device, whether it is there or not. */
    private static String line(String device) {
        var missing = Devices.unavailable(device);
        if (missing.isPresent()) {
            return missing.get();
        }
        try (var opened = Devices.open(device, DeviceOptions.DEFAULT)) {
            return opened.backend().description();
        } catch (RuntimeException e) {
            return "cannot be opened: " + e.getMessage();
        }
    }

    private static void program(Context c, String name, String... arguments) {
        var found = Programs.find(name);
        if (found.isEmpty()) {
            c.findings().add(Finding.note(name, "not on this machine"));
            return;
        }
        var command = new ArrayList<>(List.of(found.get().toString()));
        command.addAll(List.of(arguments));
        var lines = Programs.output(command).lines().filter(line -> !line.isBlank()).toList();
        c.findings().add(Finding.note(name, lines.isEmpty() ? "says nothing" : lines.getLast().strip()));
    }

    static void build(Context c) throws IOException, InterruptedException {
        var nvcc = Programs.find("nvcc");
        var script = c.home().resolve("tools").resolve("build-kernels");
        if (nvcc.isEmpty() || !Files.exists(script)) {
            var missing = TestedDevice.unavailable();
            c.findings().add(missing.isPresent()
                    ? Finding.failed("kernels", "no nvcc on this machine, and " + TestedDevice.name() + " "
                    + missing.get())
                    : Finding.note("kernels", "no nvcc on this machine: those that the bundle brought are used"));
            return;
        }
        Files.createDirectories(c.built());
        var command = List.of("env", "ANNEAL_CXX=none", "ANNEAL_NVCC_FLAGS=-lineinfo", "ANNEAL_NVCC=" + nvcc.get(),
                "bash", script.toString(),
                c.built().toString());
        long start = System.nanoTime();
        if (StageRun.watch(command, BUILD_SECONDS, c.findings(), "build-kernels") == 0) {
            c.findings().add(new Finding("kernels", Finding.Status.OK, "built by " + nvcc.get(),
                    (System.nanoTime() - start) / 1e9));
        }
    }
}
