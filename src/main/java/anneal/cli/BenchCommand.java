package anneal.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/**
 * {@code anneal bench}: how fast. Benchmarks are a build of their own, so the launcher hands this command over to the
 * script {@code tools/bench}; what is here tells about it.
 */
@Command(
        name = "bench",
        subcommands = {LadderCommand.class, PredictCommand.class},
        header = "Run benchmarks of the kernels and models, alone or beside PyTorch.",
        customSynopsis = {
            "anneal bench                                  lists the sets",
            "       anneal bench SET... [--quick] [JMH OPTION...]",
            "       anneal bench cpu --peer [--python EXE] [OPTION...]",
            "       anneal bench gpu [STAGE...] [--device cuda|sim] [--python EXE] [--out FOLDER]",
            "       anneal bench gpu --from FOLDER|FILE... --markdown FILE",
            "       anneal bench ladder [LADDER...] [--device sim|cuda]",
            "       anneal bench predict [--device sim|cuda]"
        },
        description = {
            "",
            "Builds bench/ first when it is missing or older than the sources. A set's benchmarks run under JMH, which "
                + "takes its own options too: -p size=1024 sets a parameter, -p threads=2 the threads, -rf json -rff FILE "
                + "keeps the results. The convolutions begin with a table of which algorithm is chosen for which shape; "
                + "-p convolution=DIRECT overrides it. Let the machine be quiet.",
            "",
            "gpu times our CUDA kernels and networks beside cuBLAS, cuDNN and PyTorch, by the device's events; each stage leaves "
                + "a JSON file, and --from makes a page with charts of such files on any machine. 'tools/bench gpu --help' "
                + "tells of its options."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  anneal bench",
            "  anneal bench gemm -p size=1024 -p threads=2",
            "  anneal bench conv unet --quick",
            "  anneal bench cpu --peer --python /tmp/torch/bin/python --markdown docs/benchmarks/cpu.md",
            "  anneal bench gpu gemm norm --out figures",
            "  anneal bench gpu --from figures --markdown docs/benchmarks/h100.md"
        })
final class BenchCommand implements Callable<Integer> {

    @Parameters(paramLabel = "SET", arity = "0..*",
            description = "gemm, convolution, unet, ... or the beginning of such a name; cpu for all.")
    private List<String> sets;

    @Option(names = "--quick", description = "Few short rounds: to see that it works, not for figures.")
    private boolean quick;

    @Option(names = "--peer",
            description = "Time the cpu device and PyTorch in turns and compare what they compute; 'anneal bench cpu "
                    + "--peer --list' lists what, and README.md in bench/ tells of the other options.")
    private boolean peer;

    @Option(names = "--python", paramLabel = "EXE",
            description = "For --peer: a Python that has torch (default: $$ANNEAL_PEER_PYTHON).")
    private String python;

    @Unmatched
    private List<String> others;

    /** Only reached without the launcher. */
    @Override
    public Integer call() {
        throw new IllegalArgumentException("the benchmarks are not in this jar: call tools/anneal bench, or tools/bench, in "
                + "the project's folder");
    }
}
