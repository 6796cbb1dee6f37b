package anneal.gpucheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What gpu-check makes of stages: their limits, their findings, its report. */
class GpuCheckTest {
    @TempDir
    private Path out;

    private Path file(Stage stage) {
        return StageRun.file(out, stage);
    }

    @Test
    void everyStageEndsWithinNineMinutes() {
        for (var stage : Stage.values()) {
            assertTrue(stage.limitSeconds() <= 540, stage.word());
            assertEquals(stage, Stage.of(stage.word()));
        }
        var e = assertThrows(IllegalArgumentException.class, () -> Stage.of("kernels"));
        assertTrue(e.getMessage().contains("kernels-fp32"), e.getMessage());
    }

    @Test
    void aStageThatIsStoppedKeepsWhatItHadFound() throws IOException, InterruptedException {
        var findings = new Findings(file(Stage.PARITY));
        findings.add(new Finding("first", Finding.Status.OK, "", 0.5));
        int exit = StageRun.watch(List.of("sleep", "30"), 1, findings, "parity");
        assertEquals(-1, exit);
        var all = Findings.read(file(Stage.PARITY));
        assertEquals(List.of("first", "parity"), all.stream().map(Finding::name).toList());
        assertEquals(Finding.Status.FAIL, all.getLast().status());
        assertTrue(all.getLast().detail().contains("limit of 1 s"), all.getLast().detail());
    }

    @Test
    void aProcessThatDiesIsAFailure() throws IOException, InterruptedException {
        var findings = new Findings(file(Stage.TRAIN));
        assertEquals(3, StageRun.watch(List.of("sh", "-c", "exit 3"), 10, findings, "train"));
        assertTrue(Findings.read(file(Stage.TRAIN)).getFirst().detail().contains("exit status 3"));
    }

    /** As when the power goes while it is written. */
    @Test
    void aLineThatIsCutOffIsLeftOut() throws IOException {
        new Findings(file(Stage.LAYOUTS)).add(Finding.note("whole", "yes"));
        Files.writeString(file(Stage.LAYOUTS), "{\"name\":\"cut of", StandardOpenOption.APPEND);
        assertEquals(List.of(Finding.note("whole", "yes")), Findings.read(file(Stage.LAYOUTS)));
    }

    @Test
    void theReportHasTheStagesThatRanNowOrEarlier() throws IOException {
        new Findings(file(Stage.MACHINE)).add(Finding.note("java", "25"));
        var layouts = new Findings(file(Stage.LAYOUTS));
        layouts.add(new Finding("mmaBf16", Finding.Status.OK, "", 0.1));
        layouts.add(new Finding("ldmatrix", Finding.Status.FAIL, "expected 1 but was 2", 0.2));
        new Findings(file(Stage.MEMCHECK)).add(Finding.skipped("memcheck", "needs a GPU"));
        var report = Report.read(out, "anneal test", "sim");
        assertEquals("ok", report.stage(Stage.MACHINE).outcome());
        assertEquals("FAIL", report.stage(Stage.LAYOUTS).outcome());
        assertEquals("skipped", report.stage(Stage.MEMCHECK).outcome());
        assertEquals("not run", report.stage(Stage.PARITY).outcome());
        report.write(out);
        var text = Files.readString(out.resolve("report.md"));
        assertTrue(text.contains("| layouts | FAIL | 1 | 1 | 0 |"), text);
        assertTrue(text.contains("- FAIL ldmatrix: expected 1 but was 2"), text);
        assertTrue(text.contains("- SKIPPED memcheck: needs a GPU"), text);
        assertFalse(text.contains("mmaBf16:"), text);
        var json = Files.readString(out.resolve("report.json"));
        assertTrue(json.contains("\"outcome\" : \"FAIL\"") && json.contains("\"mmaBf16\""), json);
    }

    @Test
    void stagesThatNeedAGpuSaySoOnTheSimulator() throws IOException, InterruptedException {
        for (var stage : List.of(Stage.BUILD, Stage.RACECHECK, Stage.VENDOR)) {
            new StageRun(stage, out, out, "sim").run();
            var found = Findings.read(file(stage));
            assertEquals(1, found.size());
            assertEquals(Finding.Status.SKIPPED, found.getFirst().status());
            assertTrue(found.getFirst().detail().startsWith("needs a GPU"), found.getFirst().detail());
        }
    }

    @Test
    void aWrongCallIsToldInALine() {
        assertEquals(2, GpuCheck.run("--out", out.toString(), "--device", "tpu"));
        assertEquals(2, GpuCheck.run("--out", out.toString(), "polish"));
        assertEquals(0, GpuCheck.run("--list"));
    }

    @Test
    void aBenchmarkTellsOfEveryItem() throws IOException {
        var report = Json.read("""
                {"libraries": "cuBLAS 13", "torch": "none: no python3", "rows": [
                  {"name": "gemm/1", "sides": [
                    {"name": "ours", "ms": {"median": 1.25}, "error": 1e-3, "right": true, "note": ""},
                    {"name": "cuBLAS", "ms": null, "error": null, "right": true, "note": "does not take it"}]},
                  {"name": "gemm/2", "sides": [
                    {"name": "ours", "ms": {"median": 2}, "error": 0.7, "right": false, "note": ""}]}],
                 "notReached": ["gemm/3"]}""", JsonNode.class);
        var found = Benchmarks.findings(report);
        assertEquals(new Finding("gemm/1", Finding.Status.OK, "ours 1.250 ms; cuBLAS not timed: does not take it", 0),
                found.get(2));
        assertEquals(new Finding("gemm/2", Finding.Status.FAIL, "ours 2.000 ms WRONG, off by 0.7", 0), found.get(3));
        assertEquals(Finding.note("no time was left for", "gemm/3"), found.get(4));
    }
}
