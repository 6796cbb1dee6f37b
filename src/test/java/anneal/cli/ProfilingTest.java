package anneal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.profile.Peak;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfilingTest {

    @TempDir
    private Path folder;

    /** Steps left out and steps counted, of a run of that many. */
    private static List<Long> split(int steps) {
        var profiling = Profiling.on(new Peak(1, 1), false);
        for (int i = 1; i <= steps; i++) {
            profiling.step(i, steps);
        }
        var report = profiling.report();
        return List.of(report.warmUpSteps(), report.steps());
    }

    @Test
    void theFirstStepsAreLeftOutButNeverAll() {
        assertEquals(List.of(0L, 1L), split(1));
        assertEquals(List.of(1L, 1L), split(2));
        assertEquals(List.of(3L, 6L), split(9));
        assertEquals(List.of(20L, 980L), split(1000));
    }

    @Test
    void offIsOff() {
        Profiling.OFF.step(1, 2);
        assertNull(Profiling.OFF.profile());
        assertNull(Profiling.OFF.report());
    }

    private List<Object> train(String out, Object... more) {
        var words = new ArrayList<Object>(List.of("train", "--preset", "tiny", "--out", folder.resolve(out), "--steps",
                2, "--image-size", 8, "--model-channels", 32, "--channel-mult", "1", "--res-blocks", 1, "--attention", 0,
                "--batch", 2, "--diffusion-steps", 10, "--preview-every", 0, "--save-every", 0));
        words.addAll(List.of(more));
        return words;
    }

    @Test
    void trainingTellsWhereItsTimeWent() throws IOException {
        var text = Call.of(train("a", "--profile", "--peak", "500,40").toArray());
        assertEquals(0, text.exit(), text.err());
        assertTrue(text.err().contains("floor: 500 GFLOP/s and 40.0 GB/s, as given"), text.err());
        assertTrue(text.err().contains("\nconv weight gradient ") && text.err().contains("\nadamw "), text.err());
        assertFalse(text.out().contains("floor"), text.out());

        var sampled = Call.of("sample", "--model", folder.resolve("a"), "--out", folder.resolve("s.png"), "--count", 2,
                "--steps", 3, "--profile", "--peak", "500,40", "--json");
        assertEquals(0, sampled.exit(), sampled.err());
        var json = JsonMapper.builder().build().readTree(sampled.out());
        assertTrue(json.get("peakMemoryBytes").asLong() > 0, sampled.out());
        var profile = json.get("profile");
        assertEquals(1, profile.get("warmUpSteps").asInt());
        assertEquals(2, profile.get("steps").asInt());
        assertTrue(profile.get("families").findValuesAsText("name").contains("conv forward"), sampled.out());
        assertFalse(sampled.err().contains("floor"), sampled.err());
    }

    @Test
    void withoutProfileThereIsNone() {
        var call = Call.of(train("b", "--json").toArray());
        assertEquals(0, call.exit(), call.err());
        assertFalse(call.out().contains("profile") || call.err().contains("x floor"), call.out());
    }

    @Test
    void aPeakIsTwoNumbersAboveZero() {
        for (var wrong : new String[] {"500", "500,0", "1,2,3"}) {
            var call = Call.of(train("c", "--profile", "--peak", wrong).toArray());
            assertEquals(1, call.exit(), call.err());
            assertTrue(call.err().contains("peak must be two numbers"), call.err());
        }
    }
}
