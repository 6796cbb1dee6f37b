package anneal.cli;

import anneal.io.FileType;
import anneal.io.Json;
import anneal.sample.ModelCatalog;
import anneal.sample.ModelExport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code anneal export}: a model as one file to give away. */
@Command(
        name = "export",
        header = "Write a run's weights as one file to give away.",
        description = {
            "",
            "The file holds one set of weights with its config, diffusion process and class names, and can be given to "
                + "--model and --classifier. Training cannot be resumed from it."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  anneal export runs/fashion --half --out fashion.safetensors",
            "  anneal export runs/fashion --ema 0.999 --out fashion.safetensors"
        })
final class ExportCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN|FILE|NAME",
            description = "A run directory, a file of weights, or the name of a model that comes with Anneal.")
    private String source;

    @Option(names = "--ema", paramLabel = "RATE|none",
            description = "Which average of the run's weights to write (default: the slowest).")
    private String ema;

    @Option(names = "--half", description = "As float16, half the size: good for use, not for more training.")
    private boolean half;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "The file, .safetensors.")
    private Path out;

    @Option(names = "--json", description = "Print the summary as JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        var found = ModelCatalog.shipped().find(source, ema);
        var written = new ModelExport(found, half ? FileType.F16 : FileType.F32).write(out);
        var to = spec.commandLine().getOut();
        if (json) {
            to.println(Json.write(written));
        } else {
            to.printf("%s: %s, %s parameters as %s, from %s%n", out, Figures.bytes(written.bytes()),
                    Figures.count(written.parameters()), written.type(), written.from());
            if (written.rounding() > 0) {
                to.printf(Locale.ROOT, "  rounding     %.1e of the weights' length%n", written.rounding());
            }
        }
        to.flush();
        return 0;
    }
}
