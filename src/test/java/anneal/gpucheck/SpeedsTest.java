package anneal.gpucheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.cpu.CpuBackend;
import anneal.kernel.cpu.CpuOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** That every kind of case can be timed, on a device that is always there; no time is asserted. */
class SpeedsTest {
    @Test
    void everyKindOfCaseRuns() {
        var cases = Stream.of("gemm 8 16 24", "conv 2 5 3 4", "conv_data 2 5 3 4", "conv_weight 2 5 3 4",
                "attention 2 3 5 16")
                .map(SpeedCase::of).toList();
        try (var cpu = new CpuBackend(new CpuOptions(1, false, false))) {
            var times = Speeds.measure(cpu, cases, 0.1);
            assertEquals(cases, List.copyOf(times.keySet()));
            times.values().forEach(t -> assertTrue(t > 0 && Double.isFinite(t)));
            assertEquals(0, cpu.memory().liveStorages());
        }
    }

    @Test
    void aLineHasTimesRatesAndRatios() {
        var s = SpeedCase.of("gemm 1000 1000 1000");
        assertEquals(2e9, s.flops());
        var times = new LinkedHashMap<String, Map<SpeedCase, Double>>();
        times.put("ours", Map.of(s, 2.0));
        times.put("PyTorch", Map.of(s, 1.0));
        assertEquals("ours 2.000 ms (1.0 TFLOP/s); PyTorch 1.000 ms (2.0 TFLOP/s, ratio 2.00)", Speeds.line(s, times));
    }

    @Test
    void anUnknownKindIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> SpeedCase.of("fft 1 2 3 4").flops());
    }
}
