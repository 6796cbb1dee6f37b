package anneal.cli;

import anneal.cli.inspect.Inspections;
import anneal.io.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code anneal inspect}: what a file is and what it holds. */
@Command(
        name = "inspect",
        header = "Tell what a file or a run directory holds.",
        description = {
            "",
            "Knows weights (safetensors: config, metadata, every tensor; PyTorch's checkpoints, of which "
                + "nothing is run), NumPy's arrays (npz, npy), PNG pictures "
                + "with the "
                + "parameters they carry, IDX data sets, and run directories (config, progress, checkpoints). A file "
                + "is "
                + "recognised by its content, not by its name."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  anneal inspect runs/fashion",
            "  anneal inspect runs/fashion/model.safetensors",
            "  anneal inspect samples.png --json"
        })
final class InspectCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "A file or a run directory.")
    private Path file;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        var found = Inspections.of(file);
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.write(found));
        } else {
            found.print(out);
        }
        out.flush();
        return 0;
    }
}
