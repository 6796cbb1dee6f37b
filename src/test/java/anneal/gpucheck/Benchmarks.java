package anneal.gpucheck;

import anneal.gpucheck.Finding.Status;
import anneal.io.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The benchmark of bench/ beside cuBLAS, cuDNN and PyTorch, a stage of it at a time: a process that leaves its figures
 * in bench-STAGE.json, of which a page is made elsewhere, and here a finding for each item.
 */
final class Benchmarks {
    private static final String MAIN = "anneal.bench.gpu.GpuBenchmark";
    private static final String PREFIX = "bench-";
    /** Seconds that the benchmark may begin new items in, and its end. */
    private static final int BUDGET = 440;
    private static final int LIMIT = 525;
    /** ADM-64's weights and gradients are some gigabytes on the heap; JMH looks into a class that the JDK warns of. */
    private static final List<String> JVM = List.of("-XX:MaxRAMPercentage=60", "--sun-misc-unsafe-memory-access=allow");

    private Benchmarks() {
    }

    static void run(Context c) throws IOException, InterruptedException {
        var stage = c.stage().word();
        try {
            Class.forName(MAIN, false, Benchmarks.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            c.findings().add(Finding.skipped(stage, "the benchmarks are a build of their own, and not here: the "
                    + "bundle of tools/gpu-bundle has them"));
            return;
        }
        var file = c.out().resolve(stage + ".json");
        Files.deleteIfExists(file);
        var words = List.of(stage.substring(PREFIX.length()), "--device", c.device(), "--budget",
                String.valueOf(BUDGET), "--out", c.out().toString(), "--script", c.home().resolve("bench/peer/torch_gpu.py").toString(),
                "--command", "gpu-check " + stage, "--commit", GpuCheck.commit());
        var command = new ArrayList<>(Java.command(MAIN, Map.of(), words));
        command.addAll(1, JVM);
        var process = new ProcessBuilder(command).inheritIO().start();
        boolean ended = process.waitFor(LIMIT, TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            c.findings().add(Finding.note(stage, "stopped after " + LIMIT + " s; what it had measured by then counts"));
        }
        var found = Files.exists(file) ? findings(Json.read(Files.readString(file), JsonNode.class))
                : List.of(Finding.failed(stage, "nothing was measured"));
        found.forEach(c.findings()::add);
        // A result that is wrong makes it 1, and is a finding of its own.
        if (ended && process.exitValue() != 0 && found.stream().noneMatch(f -> f.status() == Status.FAIL)) {
            c.findings().add(Finding.failed(stage, "ended with exit status " + process.exitValue()));
        }
    }

    /** What a stage's file says. */
    static List<Finding> findings(JsonNode report) {
        var all = new ArrayList<Finding>();
        all.add(Finding.note("libraries", report.path("libraries").asText()));
        all.add(Finding.note("PyTorch", report.path("torch").asText()));
        for (var row : report.path("rows")) {
            boolean right = true;
            var sides = new ArrayList<String>();
            for (var side : row.path("sides")) {
                right &= side.path("right").asBoolean();
                sides.add(side.path("name").asText() + " " + (side.path("ms").isObject()
                        ? String.format(Locale.ROOT, "%.4g ms", side.path("ms").path("median").asDouble())
                        : "not timed: " + side.path("note").asText())
                        + (side.path("right").asBoolean() ? "" : " WRONG, off by " + side.path("error").asText()));
            }
            all.add(new Finding(row.path("name").asText(), right ? Status.OK : Status.FAIL,
                    String.join("; ", sides), 0));
        }
        if (!report.path("notReached").isEmpty()) {
            var names = new ArrayList<String>();
            report.path("notReached").forEach(name -> names.add(name.asText()));
            all.add(Finding.note("no time was left for", String.join(", ", names)));
        }
        return all;
    }
}
