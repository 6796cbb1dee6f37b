package anneal.cli;

import anneal.io.Json;
import anneal.parity.CaseResult;
import anneal.parity.CaseResult.Status;
import anneal.parity.Manifest;
import anneal.parity.ParityReport;
import anneal.parity.ParityRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code anneal parity}: this engine against numbers of the original authors' code. */
@Command(
        name = "parity",
        header = "Compare this engine with numbers of the original authors' code.",
        description = {
            "",
            "Runs every case of DIR/manifest.json and prints a line a case: name, kind, the worst error as a share of "
                + "its tolerance, ok or FAIL or UNSUPPORTED, and the tensor it is about. On the reference device "
                + "errors are held to float64's bars too (the second figure: relative norm)."
        },
        footerHeading = "%nExit code: 0 if all selected cases passed, 1 otherwise.%n%nExamples:%n",
        footer = {
            "  anneal parity src/test/resources/fixtures/adm --device reference --kind 'op'",
            "  anneal parity fixtures/adm --case 'sample_*' --dump /tmp/got"
        })
final class ParityCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "Folder of fixtures, with a manifest.json.")
    private Path folder;

    @Mixin
    private DeviceOption device;

    @Option(names = "--case", paramLabel = "GLOB", defaultValue = "*",
            description = "Only cases whose name matches, such as 'sample_*'.")
    private String cases;

    @Option(names = "--kind", paramLabel = "GLOB", defaultValue = "*",
            description = "Only cases of kinds that match, such as '{unet,encoder}'.")
    private String kinds;

    @Option(names = "--dump", paramLabel = "FOLDER",
            description = "Write what was computed to FOLDER/CASE.safetensors, with the fixtures' names and layouts.")
    private Path dump;

    @Option(names = "--json", description = "Print the results as JSON instead.")
    private boolean json;

    /** What {@code --json} prints. */
    record Report(String device, long passed, long failed, long unsupported, List<Line> cases) {
    }

    /** One case of {@code --json}; figures are null where nothing was compared. */
    record Line(String name, String kind, String status, Double worst, Double relativeNorm, String tensor,
                String reason, double seconds) {
        static Line of(CaseResult r) {
            boolean compared = !r.comparisons().isEmpty();
            return new Line(r.name(), r.kind(), r.status().toString(), compared ? finite(r.worst()) : null,
                    compared ? finite(r.relativeNorm()) : null, r.worstTensor(), r.reason(), r.seconds());
        }

        /** JSON has no infinity. */
        private static Double finite(double value) {
            return Double.isFinite(value) ? value : null;
        }
    }

    @Override
    public Integer call() throws IOException {
        var manifest = Manifest.read(folder);
        var ofCase = glob("--case", cases);
        var ofKind = glob("--kind", kinds);
        var selected = manifest.cases().stream().filter(c -> ofCase.test(c.name()) && ofKind.test(c.kind())).toList();
        if (selected.isEmpty()) {
            throw new IllegalArgumentException("none of the %d cases of %s has a name like '%s' and a kind like '%s'"
                    .formatted(manifest.cases().size(), folder, cases, kinds));
        }
        var out = spec.commandLine().getOut();
        try (var opened = device.open()) {
            boolean strict = opened.name().equals("reference");
            var run = new ParityRun(opened, device.precision(), manifest, strict, dump);
            var report = run.run(selected, r -> print(out, r, strict));
            finish(out, opened.name(), report);
            return report.allPassed() ? 0 : 1;
        }
    }

    private void print(PrintWriter out, CaseResult r, boolean strict) {
        if (!json) {
            out.println(ParityReport.line(r, strict));
            out.flush();
        }
    }

    private void finish(PrintWriter out, String name, ParityReport report) {
        if (json) {
            var lines = report.results().stream().map(Line::of).toList();
            out.println(Json.write(new Report(name, report.count(Status.OK), report.count(Status.FAIL),
                    report.count(Status.UNSUPPORTED), lines)));
        } else {
            out.println(report.summary());
        }
        out.flush();
    }

    private static Predicate<String> glob(String option, String pattern) {
        try {
            var matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
            return name -> matcher.matches(Path.of(name));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + " '" + pattern + "' is not a pattern: use *, ? and {a,b}", e);
        }
    }
}
