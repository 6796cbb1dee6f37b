package anneal.cli;

import anneal.io.AtomicFiles;
import anneal.study.predict.PredictionPage;
import anneal.study.predict.Predictions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code anneal bench predict}: how long every kernel should take, and on a GPU how long it does. */
@Command(
        name = "predict",
        header = "Predict how long every CUDA kernel takes an H100 at least; measure it beside that on cuda.",
        description = {
            "",
            "On sim nothing is timed: a simulator that tools/bench builds for it counts what each kernel asks of memory, of "
                + "shared memory's banks and of tensor cores, in a call on a shape of an ADM UNet. On cuda the same launches "
                + "are timed, one by one. Exits with 1 if a kernel is launched by no call, or otherwise than it was counted."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  anneal bench predict --markdown docs/benchmarks/predictions.md",
            "  anneal bench predict --device cuda --markdown predictions.md --json predictions.json"
        })
final class PredictCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--device", defaultValue = "sim", paramLabel = "sim|cuda",
            description = "Where to launch (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(names = "--markdown", paramLabel = "FILE.md", description = "Write the page here.")
    private Path markdown;

    @Option(names = "--json", paramLabel = "FILE.json", description = "Write the figures here.")
    private Path json;

    @Override
    public Integer call() throws IOException {
        var predictions = Predictions.on(device);
        var page = PredictionPage.of(predictions, "%s, on %s, by `anneal %s`.".formatted(LocalDate.now(), device,
                String.join(" ", spec.root().commandLine().getParseResult().originalArgs())));
        if (markdown != null) {
            write(markdown, page);
        }
        if (json != null) {
            write(json, predictions.json());
        }
        if (markdown == null && json == null) {
            spec.commandLine().getOut().print(page);
            spec.commandLine().getOut().flush();
        }
        predictions.wrong().forEach(line -> spec.commandLine().getErr().println(line));
        return predictions.wrong().isEmpty() ? 0 : 1;
    }

    private static void write(Path file, String text) throws IOException {
        AtomicFiles.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
