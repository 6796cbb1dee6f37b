package anneal.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.cuda.driver.DriverException;
import java.io.IOException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The checked simulator reports every mistake of native/test/planted.cu by its line (tools/check-kernels). */
class PlantedBugsTest {
    @BeforeAll
    static void needsTheCheckedLibrary() {
        Assumptions.assumeTrue(PlantedBugs.areHere(),
                "the simulator here is not a checked one: tools/check-kernels runs this");
    }

    @ParameterizedTest
    @CsvSource({"race, race on shared", "race_in_a_warp, race on shared", "race_of_blocks, race on device",
            "race_after_reading, race on shared", "shared_bounds, out of bounds", "device_bounds, out of bounds",
            "uninitialised_shared, uninitialised shared", "uninitialised_device, uninitialised device",
            "divergent_barrier, divergent barrier", "missing_wait, has not filled yet",
            "missing_barrier_after_wait, uninitialised shared"})
    void isReportedByItsLine(String bug, String words) throws IOException {
        var message = assertThrows(DriverException.class, () -> PlantedBugs.launch(bug)).getMessage();
        assertTrue(message.contains(words), message);
        assertTrue(message.contains("planted.cu:" + PlantedBugs.lineOf(bug)), message);
    }

    @Test
    void theCleanOneIsClean() {
        PlantedBugs.launch("clean");
    }
}
