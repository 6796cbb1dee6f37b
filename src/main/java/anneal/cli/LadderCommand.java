package anneal.cli;

import anneal.io.AtomicFiles;
import anneal.study.ladder.LadderPages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code anneal bench ladder}: from the naive kernel to the one that ships, rung by rung. */
@Command(
        name = "ladder",
        header = "Climb a ladder of CUDA kernels: check every rung, and count what it moves (sim) or time it (cuda).",
        description = {
            "",
            "On sim nothing is timed: it is counted what a rung asks of memory, of shared memory's banks, of barriers and of "
                + "tensor cores (by a simulator that tools/bench builds for it), and predicted how long that takes an H100 at "
                + "least. Exits with 1 if a rung is wrong."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  anneal bench ladder conv",
            "  anneal bench ladder --device cuda --markdown ladder.md"
        })
final class LadderCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "LADDER", description = "gemm, conv, norm or attention (default: all).")
    private List<String> names;

    @Option(names = "--device", defaultValue = "sim", paramLabel = "sim|cuda",
            description = "Where to climb (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(names = "--markdown", paramLabel = "FILE.md",
            description = "Write the page here, and a chart for each ladder beside it.")
    private Path markdown;

    @Override
    public Integer call() throws IOException {
        var pages = new LadderPages(device, names == null ? LadderPages.NAMES : names);
        var version = Version.current();
        var text = pages.climb("anneal " + String.join(" ", spec.root().commandLine().getParseResult().originalArgs()),
                version.commit().equals("unknown") ? "" : version.commit().substring(0, 12), markdown, line -> spec.commandLine().getErr().println(line));
        if (markdown == null) {
            spec.commandLine().getOut().print(text);
            spec.commandLine().getOut().flush();
        } else {
            AtomicFiles.write(markdown, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
        }
        return pages.allRight() ? 0 : 1;
    }
}
