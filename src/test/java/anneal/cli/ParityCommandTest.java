package anneal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParityCommandTest {
    private static final String CASE = "\"kind\": \"space_timesteps\", \"file\": null, \"tensors\": []";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private int run(String... args) {
        return Main.commandLine(new Failures(args)).setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true)).execute(args);
    }

    /** One case that must be refused and is, and one that must be but is not. */
    private void writeManifest() throws Exception {
        Files.writeString(folder.resolve("manifest.json"), """
                {"cases": [
                 {"name": "right", %1$s, "config": {"num_timesteps": 9, "section_counts": [10], "expect_error": 1}},
                 {"name": "wrong", %1$s, "config": {"num_timesteps": 9, "section_counts": [9], "expect_error": 1}}]}"""
                .formatted(CASE));
    }

    @Test
    void aLineACaseAndASummaryAndAnExitCode() throws Exception {
        writeManifest();
        assertEquals(1, run("parity", folder.toString(), "--device", "reference"));
        var lines = out.toString().lines().toList();
        assertEquals(3, lines.size(), out.toString());
        var right = lines.get(0);
        var wrong = lines.get(1);
        assertTrue(right.matches("right +space_timesteps .* ok +refused: respacing asks for 10 .*"), right);
        assertTrue(wrong.matches("wrong +space_timesteps .* FAIL +must be refused, but was computed"), wrong);
        assertEquals("1 passed, 1 failed, 0 unsupported", lines.get(2));
        assertEquals("", err.toString());
    }

    @Test
    void globsSelectAndAllPassedIsExitCodeZero() throws Exception {
        writeManifest();
        assertEquals(0, run("parity", folder.toString(), "--case", "r?ght", "--kind", "{space,time}_*"));
        assertTrue(out.toString().endsWith("1 passed, 0 failed, 0 unsupported\n"), out.toString());
    }

    @Test
    void nothingSelectedIsAnError() throws Exception {
        writeManifest();
        assertEquals(1, run("parity", folder.toString(), "--case", "absent*"));
        assertTrue(err.toString().startsWith("anneal: none of the 2 cases of "), err.toString());
        assertEquals("", out.toString());
    }

    @Test
    void jsonIsJsonAndNothingElse() throws Exception {
        writeManifest();
        assertEquals(1, run("parity", folder.toString(), "--json"));
        var json = new JsonMapper().readTree(out.toString());
        assertEquals("cpu", json.get("device").asText());
        assertEquals(1, json.get("failed").asInt());
        assertEquals("ok", json.get("cases").get(0).get("status").asText());
        assertTrue(json.get("cases").get(0).get("worst").isNull());
        assertFalse(out.toString().contains("passed,"));
    }

    @Test
    void aFolderWithoutAManifestIsOneLine() {
        assertEquals(1, run("parity", folder.toString()));
        assertEquals("anneal: " + folder.resolve("manifest.json") + ": no such file\n", err.toString());
    }
}
