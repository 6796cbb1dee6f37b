package anneal.bench;

import anneal.bench.ladder.LadderPages;
import anneal.io.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** From the naive kernel to the one that ships, rung by rung. */
@Command(name = "bench-ladder", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Climb a ladder of kernels: check every rung, count what it moves (sim) or time it (cuda).",
        description = {"", "On sim nothing is timed; it is counted what a rung asks of memory, of shared memory's banks, of "
                + "barriers and of tensor cores, and predicted how long that takes an H100 at least. Exits with 1 if a rung "
                + "is wrong."})
public final class Ladders implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "LADDER", description = "gemm, conv, norm or attention (default: all).")
    private List<String> names = LadderPages.NAMES;

    @Option(names = "--device", defaultValue = "sim", paramLabel = "sim|cuda",
            description = "Where to climb (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Write the page, and a chart for each ladder, here.")
    private Path markdown;

    @Option(names = "--command", defaultValue = "tools/anneal bench ladder", hidden = true)
    private String command;

    @Option(names = "--commit", defaultValue = "", hidden = true)
    private String commit;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Ladders()).setExecutionExceptionHandler((e, line, parsed) -> {
            if (e instanceof IllegalArgumentException || e instanceof IOException || e instanceof IllegalStateException) {
                line.getErr().println("bench ladder: " + e.getMessage());
                return 1;
            }
            throw e;
        }).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        var pages = new LadderPages(device, names);
        var text = pages.climb(command, commit, markdown);
        if (markdown == null) {
            System.out.print(text);
        } else {
            AtomicFiles.write(markdown, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
        }
        return pages.allRight() ? 0 : 1;
    }
}
