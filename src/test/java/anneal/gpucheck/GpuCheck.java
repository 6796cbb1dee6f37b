package anneal.gpucheck;

import anneal.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gpu-check}: proves the CUDA kernels on a machine, stage by stage, and writes down what it found. */
@Command(name = "gpu-check", sortOptions = false,
        header = "Prove the CUDA kernels on this machine, stage by stage.",
        description = {"", "Every stage is a process of its own with a limit, and leaves its findings in the "
                + "report's folder as it goes. Stages that were run earlier stay in the report until they are run "
                + "again."},
        footerHeading = "%nExit code: 0 if nothing failed, 1 if something did, 2 for a wrong call.%n")
final class GpuCheck implements Callable<Integer> {

    @Parameters(paramLabel = "STAGE", arity = "0..*",
            description = "Which stages to run (default: all; --list tells them).")
    private List<String> words = List.of();

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cuda",
            description = "cuda, or sim for the kernels on the host simulator (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(names = "--out", paramLabel = "FOLDER", defaultValue = "gpu-check-report",
            description = "Folder of the report (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--home", paramLabel = "FOLDER", hidden = true, defaultValue = ".")
    private Path home;

    @Option(names = "--list", description = "Print the stages and their limits.")
    private boolean list;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Print this.")
    private boolean help;

    private GpuCheck() {
    }

    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(() ->
                ProcessHandle.current().descendants().forEach(ProcessHandle::destroy)));
        System.exit(run(args));
    }

    static int run(String... args) {
        return new CommandLine(new GpuCheck()).setExecutionExceptionHandler((e, commandLine, parsed) -> {
            commandLine.getErr().println("gpu-check: " + (e instanceof IllegalArgumentException ? e.getMessage() : e));
            return e instanceof IllegalArgumentException ? 2 : 1;
        }).execute(args);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (list) {
            Arrays.stream(Stage.values()).forEach(s ->
                    System.out.printf("%-24s at most %3d s  %s%n", s.word(), s.limitSeconds(), s.about()));
            return 0;
        }
        if (!List.of("cuda", "sim").contains(device)) {
            throw new IllegalArgumentException("--device " + device + ": it must be cuda or sim");
        }
        var stages = words.isEmpty() || words.equals(List.of("all")) ? List.of(Stage.values())
                : words.stream().map(Stage::of).sorted().distinct().toList();
        Files.createDirectories(out);
        boolean failed = false;
        for (var stage : stages) {
            failed |= !run(stage);
        }
        System.out.println("report: " + out.resolve("report.md") + ", " + out.resolve("report.json"));
        return failed ? 1 : 0;
    }

    /** Runs one stage, renews the report, and returns whether nothing failed. */
    private boolean run(Stage stage) throws IOException, InterruptedException {
        System.out.printf("== %s: %s (at most %d s)%n", stage.word(), stage.about(), stage.limitSeconds());
        long start = System.nanoTime();
        new StageRun(stage, home.toAbsolutePath(), out.toAbsolutePath(), device).run();
        var report = Report.read(out, version(), device);
        report.write(out);
        var came = report.stage(stage);
        System.out.printf("== %s: %s, %d passed, %d failed, %d skipped, %.0f s%n", stage.word(), came.outcome(),
                came.passed(),
                came.failed(), came.skipped(), (System.nanoTime() - start) / 1e9);
        return came.failed() == 0;
    }

    private static String version() throws IOException {
        return "anneal " + build().getProperty("version") + ", commit " + commit();
    }

    /** Of the sources that this was built from. */
    static String commit() throws IOException {
        return build().getProperty("commit");
    }

    private static Properties build() throws IOException {
        var build = new Properties();
        try (var in = Main.class.getResourceAsStream("/anneal/version.properties")) {
            build.load(in);
        }
        return build;
    }
}
