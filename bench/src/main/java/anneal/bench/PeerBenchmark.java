package anneal.bench;

import anneal.bench.peer.Effort;
import anneal.bench.peer.Item;
import anneal.bench.peer.PeerRun;
import anneal.bench.peer.Suite;
import anneal.bench.peer.TorchPeer;
import anneal.io.AtomicFiles;
import anneal.io.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Times our side against PyTorch, alternating the two. No JMH, because JMH knows nothing of another process; the single
 * benchmarks beside this class are JMH's.
 */
@Command(name = "bench-peer", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Time Anneal's cpu device beside PyTorch, alternating the two in one run.",
        description = {"", "Prints a Markdown page on standard output, progress on standard error. Exits with 1 if a "
                + "result differs from PyTorch's by more than rounding explains."})
public final class PeerBenchmark implements Callable<Integer> {
    private static final String PYTHON_VARIABLE = "ANNEAL_PEER_PYTHON";

    @Option(names = "--python", paramLabel = "EXE", defaultValue = "${env:" + PYTHON_VARIABLE + "}",
            description = "Python that has torch (default: $" + PYTHON_VARIABLE + ").")
    private String python;

    @Option(names = "--script", paramLabel = "FILE", defaultValue = "bench/peer/torch_peer.py", hidden = true)
    private Path script;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "0",
            description = "Threads of each side; 0 takes every processor (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--only", paramLabel = "GLOB", defaultValue = "*",
            description = "What to run, such as 'conv3x3*' or 'unet-adm32/batch8/*'; --list shows the names.")
    private String only;

    @Option(names = "--list", description = "Show the names and stop.")
    private boolean list;

    @Option(names = "--quick", description = "Few short rounds, no torch.compile, no memory: to see that it works.")
    private boolean quick;

    @Option(names = "--no-compile", description = "Take PyTorch's eager mode without trying torch.compile.")
    private boolean noCompile;

    @Option(names = "--no-memory", description = "Do not measure the peak memory of the networks.")
    private boolean noMemory;

    @Option(names = "--rounds", paramLabel = "N", description = "Turns of each side.")
    private Integer rounds;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Write the page to this file instead.")
    private Path markdown;

    @Option(names = "--json", paramLabel = "FILE", description = "Write everything as JSON too.")
    private Path json;

    @Option(names = "--command", defaultValue = "tools/bench-peer", hidden = true)
    private String command;

    @Option(names = "--commit", defaultValue = "", hidden = true)
    private String commit;

    @Option(names = "--memory-of", hidden = true)
    private String memoryOf;

    @Option(names = "--inputs", hidden = true)
    private Path inputs;

    public static void main(String[] args) {
        var line = new CommandLine(new PeerBenchmark());
        line.setExecutionExceptionHandler((e, commandLine, result) -> {
            if (e instanceof IOException || e instanceof IllegalArgumentException) {
                System.err.println("bench-peer: " + e.getMessage());
                return commandLine.getCommandSpec().exitCodeOnExecutionException();
            }
            throw e;
        });
        System.exit(line.execute(args));
    }

    @Override
    public Integer call() throws IOException {
        int workers = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        if (memoryOf != null) {
            PeerRun.printPeakMemory(Suite.matching(memoryOf).getFirst(), workers, inputs);
            return 0;
        }
        var items = Suite.matching(only);
        if (list) {
            items.stream().map(Item::name).forEach(System.out::println);
            return 0;
        }
        if (python == null || python.isBlank()) {
            throw new IllegalArgumentException("which Python has torch? Give --python EXE or set " + PYTHON_VARIABLE
                    + "; bench/README.md says how to get one");
        }
        var report = new PeerRun(new TorchPeer.Location(python, script), workers, effort(), !quick && !noMemory)
                .run(items, command, commit);
        if (json != null) {
            write(json, Json.write(report));
        }
        if (markdown == null) {
            System.out.print(report.toMarkdown());
        } else {
            write(markdown, report.toMarkdown());
        }
        return report.outcomes().stream().allMatch(o -> o.agrees()) ? 0 : 1;
    }

    private Effort effort() {
        var e = quick ? Effort.QUICK : Effort.FULL;
        e = rounds == null ? e : e.withRounds(rounds);
        return noCompile ? e.withoutCompile() : e;
    }

    private static void write(Path file, String text) throws IOException {
        AtomicFiles.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
