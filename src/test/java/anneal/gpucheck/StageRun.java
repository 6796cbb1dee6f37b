package anneal.gpucheck;

import anneal.kernel.cuda.TestedDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts a stage, watches its limit, and has the last word on what became of it. */
record StageRun(Stage stage, Path home, Path out, String device) {
    /** Of the kernel tests that a sanitizer makes a hundred times slower, every so many runs. */
    private static final int SANITIZED_CASES = 8;
    private static final int SANITIZER_FOUND_ERRORS = 99;

    /** Where a stage's findings are. */
    static Path file(Path out, Stage stage) {
        return out.resolve(stage.word() + ".jsonl");
    }

    void run() throws IOException, InterruptedException {
        Files.deleteIfExists(file(out, stage));
        var findings = new Findings(file(out, stage));
        if (stage.needsGpu() && !device.equals("cuda")) {
            findings.add(Finding.skipped(stage.word(), "needs a GPU" + (stage.isSanitizer()
                    ? "; of the simulator tools/check-kernels asks the same" : "")));
            return;
        }
        if (!stage.isSanitizer()) {
            watch(Java.command(StageMain.class, properties(), arguments()), findings);
            return;
        }
        var sanitizer = Programs.find("compute-sanitizer");
        if (sanitizer.isEmpty()) {
            findings.add(Finding.skipped(stage.word(),
                    "there is no compute-sanitizer on this machine; it comes with the "
                    + "CUDA toolkit"));
            return;
        }
        var log = out.resolve(stage.word() + ".log");
        var words = new ArrayList<>(List.of(sanitizer.get().toString(), "--tool", stage.word(), "--target-processes",
                "all", "--report-api-errors", "no", "--error-exitcode", String.valueOf(SANITIZER_FOUND_ERRORS),
                "--log-file", log.toString()));
        words.addAll(Java.command(StageMain.class, properties(), arguments()));
        int exit = watch(words, findings);
        if (Files.exists(log)) {
            var summary = Files.readString(log).lines().filter(line -> line.contains("SUMMARY")).toList();
            findings.add(new Finding(stage.word(), exit == 0 && !summary.isEmpty() ? Finding.Status.OK
                    : Finding.Status.FAIL, String.join("; ", summary) + " (" + log.getFileName() + ")", 0));
        } else {
            findings.add(Finding.failed(stage.word(), "compute-sanitizer wrote no log"));
        }
    }

    private Map<String, String> properties() {
        var all = new LinkedHashMap<String, String>();
        all.put(TestedDevice.DEVICE, device);
        if (stage.isSanitizer()) {
            all.put("anneal.test.every", String.valueOf(SANITIZED_CASES));
        }
        if (stage == Stage.INITCHECK) {
            all.put(TestedDevice.POISON, "false");
        }
        if (stage == Stage.VENDOR) {
            all.put(TestedDevice.VENDOR, "true");
        }
        return all;
    }

    private List<String> arguments() {
        return List.of(stage.word(), home.toString(), out.toString());
    }

    /** Runs a command to its end or to the limit, and says if it came to a bad one. */
    private int watch(List<String> command, Findings findings) throws IOException, InterruptedException {
        return watch(command, stage.limitSeconds(), findings, stage.word());
    }

    /** The exit status, -1 for a process that was stopped at its limit. */
    static int watch(List<String> command, int limitSeconds, Findings findings, String name)
            throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).inheritIO().start();
        if (process.waitFor(limitSeconds, TimeUnit.SECONDS)) {
            if (process.exitValue() != 0) {
                findings.add(Finding.failed(name, "ended with exit status " + process.exitValue()));
            }
            return process.exitValue();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        findings.add(Finding.failed(name, "stopped at its limit of " + limitSeconds
                + " s; what it had found by then is in the report"));
        return -1;
    }
}
