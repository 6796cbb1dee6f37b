package anneal.bench.gpu;

import anneal.bench.peer.Item;
import anneal.bench.peer.TorchPeer;
import anneal.io.AtomicFiles;
import anneal.io.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code anneal bench gpu}: measures stages into JSON files, and makes a page of such files. */
@Command(name = "bench-gpu", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Time our CUDA kernels and networks beside cuBLAS, cuDNN and PyTorch on the same GPU.",
        description = {"", "A stage leaves bench-STAGE.json, renewed after every figure, and stops at its budget. "
                + "--from makes a page of such files, on any machine. Exits with 1 if something that was computed is wrong."})
public final class GpuBenchmark implements Callable<Integer> {
    @Parameters(paramLabel = "STAGE", arity = "0..*",
            description = "gemm, conv, attention-forward, attention-backward, norm, unet-forward, unet-training "
                    + "(default: all).")
    private List<String> words = List.of();

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cuda",
            description = "cuda, or sim for a try of everything but speed (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(names = "--quick", description = "Tiny shapes and few calls: to see that it works. Always so on sim.")
    private boolean quick;

    @Option(names = "--python", paramLabel = "EXE", defaultValue = "python3",
            description = "Python that has torch, or none (default: ${DEFAULT-VALUE}).")
    private String python;

    @Option(names = "--no-compile", description = "Leave torch.compile out.")
    private boolean noCompile;

    @Option(names = "--only", paramLabel = "GLOB", defaultValue = "*",
            description = "Items whose name fits; see --list.")
    private String only;

    @Option(names = "--list", description = "Print the items and stop.")
    private boolean list;

    @Option(names = "--budget", paramLabel = "SECONDS", defaultValue = "470",
            description = "For each stage (default: ${DEFAULT-VALUE}).")
    private double budget;

    @Option(names = "--out", paramLabel = "FOLDER", defaultValue = "gpu-bench",
            description = "Where the JSON files go (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--from", paramLabel = "FOLDER|FILE", arity = "1..*",
            description = "Measure nothing: make the page of these JSON files.")
    private List<Path> from = List.of();

    @Option(names = "--markdown", paramLabel = "FILE",
            description = "Write the page to this file instead of standard output, with charts beside it.")
    private Path markdown;

    @Option(names = "--script", defaultValue = "bench/peer/torch_gpu.py", hidden = true)
    private Path script;

    @Option(names = "--command", defaultValue = "tools/anneal bench gpu", hidden = true)
    private String command;

    @Option(names = "--commit", defaultValue = "", hidden = true)
    private String commit;

    private GpuBenchmark() {
    }

    public static void main(String[] args) {
        System.setProperty("jmh.ignoreLock", "true");   // nothing here is timed by the host
        var line = new CommandLine(new GpuBenchmark());
        line.setExecutionExceptionHandler((e, commandLine, result) -> {
            if (e instanceof IOException || e instanceof IllegalArgumentException) {
                System.err.println("bench-gpu: " + e.getMessage());
                return e instanceof IllegalArgumentException ? 2 : 1;
            }
            throw e;
        });
        System.exit(line.execute(args));
    }

    @Override
    public Integer call() throws IOException {
        if (!from.isEmpty()) {
            page(from);
            return 0;
        }
        if (!List.of("cuda", "sim").contains(device)) {
            throw new IllegalArgumentException("--device " + device + ": it must be cuda or sim");
        }
        if (!(budget > 0)) {
            throw new IllegalArgumentException("--budget " + budget + ": a number of seconds above 0 is needed");
        }
        var stages = words.isEmpty() ? List.of(Stage.values())
                : words.stream().map(Stage::of).sorted().distinct().toList();
        boolean small = quick || device.equals("sim");
        if (list) {
            stages.forEach(s -> items(s, small).forEach(i -> System.out.println(s.word() + "  " + i.name())));
            return 0;
        }
        if (stages.stream().allMatch(s -> items(s, small).isEmpty())) {
            throw new IllegalArgumentException("nothing is called like '" + only + "'; --list shows the names");
        }
        var torch = python.equals("none") ? null : new TorchPeer.Location(python, script);
        boolean right = true;
        for (var stage : stages) {
            var settings = new StageRun.Settings(device, small, !noCompile, torch, out, budget, command, commit);
            right &= items(stage, small).isEmpty() || new StageRun(stage, settings).run(items(stage, small));
        }
        if (markdown != null) {
            page(stages.stream().map(s -> StageRun.file(out, s)).filter(Files::exists).toList());
        }
        return right ? 0 : 1;
    }

    private List<Item> items(Stage stage, boolean small) {
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + only.replace('/', '_'));
        return stage.items(small).stream().filter(i -> matcher.matches(Path.of(i.name().replace('/', '_')))).toList();
    }

    private void page(List<Path> places) throws IOException {
        var reports = new ArrayList<StageReport>();
        for (var stage : Stage.values()) {
            for (var place : places) {
                var file = Files.isDirectory(place) ? StageRun.file(place, stage) : place;
                if (file.getFileName().equals(StageRun.file(Path.of(""), stage).getFileName()) && Files.exists(file)) {
                    reports.add(Json.read(Files.readString(file), StageReport.class));
                }
            }
        }
        if (reports.isEmpty()) {
            throw new IllegalArgumentException("no bench-STAGE.json in " + places);
        }
        if (markdown == null) {
            System.out.print(Page.of(reports, reports.stream().map(r -> "").toList()));
            return;
        }
        var charts = new ArrayList<String>();
        for (var report : reports) {
            charts.add(chart(report));
        }
        AtomicFiles.write(markdown, to -> to.write(Page.of(reports, charts).getBytes(StandardCharsets.UTF_8)));
    }

    /** The name of a stage's picture beside the page; empty if there is nothing to draw, or nothing to draw with. */
    private String chart(StageReport report) {
        var page = markdown.getFileName().toString().replaceFirst("\\.[^.]*$", "");
        var name = page + "-" + report.stage() + ".png";
        try {
            return RatioChart.write(report, markdown.resolveSibling(name)) ? name : "";
        } catch (IOException | RuntimeException | LinkageError | InternalError e) {
            System.err.println("bench-gpu: no chart of " + report.stage() + " (" + e + ")");
            return "";
        }
    }
}
