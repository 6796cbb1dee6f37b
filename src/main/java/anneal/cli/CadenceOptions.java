package anneal.cli;

import anneal.io.Pictures;
import anneal.train.Cadence;
import picocli.CommandLine.Option;

/** How often a training run reports; 0 is never. A run that ends or is stopped is saved in any case. */
final class CadenceOptions {

    @Option(names = "--save-every", paramLabel = "N", defaultValue = "1000",
            description = "Steps between checkpoints (default: ${DEFAULT-VALUE}; 0: at the end only).")
    private int save = 1000;

    @Option(names = "--log-every", paramLabel = "N", defaultValue = "50",
            description = "Steps between lines of the log (default: ${DEFAULT-VALUE}).")
    private int log = 50;

    @Option(names = "--preview-every", paramLabel = "N", defaultValue = "1000",
            description = "Steps between preview pictures (default: ${DEFAULT-VALUE}; 0: none). "
                    + "None where Java has no module java.desktop.")
    private int preview = 1000;

    Cadence cadence() {
        return new Cadence(save, log, Pictures.arePossible() ? preview : 0);
    }
}
