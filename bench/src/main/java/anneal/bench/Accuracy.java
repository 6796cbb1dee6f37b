package anneal.bench;

import anneal.bench.accuracy.AccuracyPage;
import anneal.io.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the choice of a convolution's algorithm costs in exactness; nothing is timed. */
@Command(name = "bench-accuracy", mixinStandardHelpOptions = true, sortOptions = false,
        header = "Compare the algorithms of the cpu device's convolutions with float64, by layer and in samples.",
        description = {"", "Prints a Markdown page. The samples on the reference device take some minutes."})
public final class Accuracy implements Callable<Integer> {
    @Option(names = "--model", paramLabel = "RUN|FILE|NAME", defaultValue = "fashion",
            description = "Whose layers and samples are looked at (default: ${DEFAULT-VALUE}).")
    private String model;

    @Option(names = "--count", paramLabel = "N", defaultValue = "16",
            description = "Samples (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "25",
            description = "Of DDIM (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Write the page to this file instead.")
    private Path markdown;

    @Option(names = "--command", defaultValue = "tools/anneal bench accuracy", hidden = true)
    private String command;

    @Option(names = "--commit", defaultValue = "", hidden = true)
    private String commit;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Accuracy()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        var page = new AccuracyPage(command, commit).write(model, count, steps);
        if (markdown == null) {
            System.out.print(page);
        } else {
            AtomicFiles.write(markdown, out -> out.write(page.getBytes(StandardCharsets.UTF_8)));
        }
        return 0;
    }
}
