package anneal.gpucheck;

import anneal.gpucheck.Finding.Status;
import anneal.io.AtomicFiles;
import anneal.io.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * All findings of a folder, of stages that were run now or earlier, as report.md and report.json.
 *
 * @param version of the program that made it
 */
record Report(String version, String device, String date, List<StageReport> stages) {

    /** @param outcome ok, FAIL, skipped, or not run */
    record StageReport(String name, String about, String outcome, long passed, long failed, long skipped,
                       double seconds,
                       List<Finding> findings) {
        private static StageReport of(Stage stage, List<Finding> findings) {
            long passed = count(findings, Status.OK);
            long failed = count(findings, Status.FAIL);
            long skipped = count(findings, Status.SKIPPED);
            var outcome = findings.isEmpty() ? "not run" : failed > 0 ? "FAIL" : passed == 0 && skipped > 0
                    ? "skipped" : "ok";
            return new StageReport(stage.word(), stage.about(), outcome, passed, failed, skipped,
                    findings.stream().mapToDouble(Finding::seconds).sum(), findings);
        }

        private static long count(List<Finding> findings, Status status) {
            return findings.stream().filter(f -> f.status() == status).count();
        }
    }

    static Report read(Path out, String version, String device) throws IOException {
        var stages = new ArrayList<StageReport>();
        for (var stage : Stage.values()) {
            stages.add(StageReport.of(stage, Findings.read(StageRun.file(out, stage))));
        }
        var now = ZonedDateTime.now(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'"));
        return new Report(version, device, now, stages);
    }

    StageReport stage(Stage stage) {
        return stages.get(stage.ordinal());
    }

    /** Writes both files, each whole or not at all. */
    void write(Path out) throws IOException {
        Files.createDirectories(out);
        write(out.resolve("report.md"), markdown());
        write(out.resolve("report.json"), Json.write(this) + "\n");
    }

    private static void write(Path file, String text) throws IOException {
        AtomicFiles.write(file, to -> to.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    String markdown() {
        var text = new StringBuilder("# gpu-check on " + device + ", " + date + "\n\n" + version + "\n\n"
                + "| stage | outcome | passed | failed | skipped | seconds | what |\n"
                + "|---|---|---:|---:|---:|---:|---|\n");
        for (var s : stages) {
            text.append("| %s | %s | %d | %d | %d | %.0f | %s |%n".formatted(s.name, s.outcome, s.passed, s.failed,
                    s.skipped,
                    s.seconds, s.about));
        }
        for (var s : stages) {
            var worthTelling = s.findings.stream().filter(f -> f.status() != Status.OK || s.passed <= 10
                    || s.name.startsWith("bench-")).toList();
            if (!worthTelling.isEmpty()) {
                text.append("\n## ").append(s.name).append("\n\n");
                worthTelling.forEach(f -> text.append("- ").append(f.line().replaceFirst("^note +",
                        "").replaceFirst(" +", " "))
                        .append('\n'));
            }
        }
        return text.toString();
    }
}
