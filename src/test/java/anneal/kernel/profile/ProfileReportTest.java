package anneal.kernel.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Buf;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import anneal.kernel.Shape;
import anneal.kernel.reference.ReferenceBackend;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProfileReportTest {
    private static final Peak PEAK = new Peak(100e9, 10e9);

    private static ProfileReport report(Profile profile, int top) {
        return ProfileReport.of(profile, PEAK, false, 2, 8, top);
    }

    @Test
    void familiesAreSumsOfShapesAndTheLongestComesFirst() {
        var profile = new Profile();
        profile.add("gemm", "small", 1_000_000, 50e6, 1e3);
        profile.add("gemm", "small", 1_000_000, 50e6, 1e3);
        profile.add("gemm", "flat", 4_000_000, 1e6, 20e6);
        profile.add("map", "add", 14_000_000, 0, 70e6);
        var report = report(profile, 2);
        assertEquals(0.02, report.kernelSeconds(), 1e-12);
        assertEquals(3, report.shapesInAll());
        assertEquals(List.of("map  add", "gemm  flat"), report.shapes().stream().map(ProfileReport.Line::name).toList());
        var map = report.families().get(0);
        assertEquals("map", map.name());
        assertEquals(0.7, map.share(), 1e-12);
        assertEquals(5, map.gbPerSecond(), 1e-9);
        assertEquals(2, map.timesFloor(), 1e-9);
        var gemm = report.families().get(1);
        assertEquals(3, gemm.calls());
        assertEquals(101.0 / 6, gemm.gflopsPerSecond(), 1e-9);
        // the small one is bound by operations (1 ms), the flat one by its bytes (2 ms)
        assertEquals(3e-3, gemm.floorSeconds(), 1e-12);
        assertEquals(2, gemm.timesFloor(), 1e-9);
    }

    @Test
    void whatWasBeforeAClearIsForgotten() {
        var profile = new Profile();
        profile.add("gemm", "cold", 1_000_000, 1, 1);
        profile.clear();
        assertTrue(report(profile, 5).families().isEmpty());
    }

    @Test
    void aPeakIsPositive() {
        assertThrows(IllegalArgumentException.class, () -> new Peak(0, 1));
        assertThrows(IllegalArgumentException.class, () -> new Peak(1, Double.NaN));
    }

    @Test
    void callsOfADeviceAreCountedWithTheirOperationsAndBytes() {
        var profile = new Profile();
        try (var device = new ProfiledBackend(new ReferenceBackend(false), profile)) {
            var a = matrix(device, 3, 5);
            var b = matrix(device, 5, 7);
            var c = matrix(device, 3, 7);
            var spec = GemmSpec.of(3, 7, 5, false, false);
            device.kernels().gemm(spec, a, b, Epilogue.NONE, c, null);
            device.kernels().gemm(spec, a, b, Epilogue.NONE, c, null);
            device.kernels().fill(c, 0);
            List.of(a, b, c).forEach(buf -> buf.storage().release());
        }
        var lines = report(profile, 5).shapes();
        var gemm = lines.stream().filter(l -> l.name().equals("gemm  1 x 3x7x5 NN")).findFirst().orElseThrow();
        assertEquals(2, gemm.calls());
        assertEquals(2 * 2.0 * 3 * 7 * 5, gemm.gflopsPerSecond() * 1e9 * gemm.seconds(), 1e-6);
        assertEquals(2 * 8.0 * (15 + 35 + 21), gemm.gbPerSecond() * 1e9 * gemm.seconds(), 1e-6);
        assertTrue(lines.stream().anyMatch(l -> l.name().equals("fill  [3, 7]") && l.calls() == 1), lines.toString());
    }

    private static Buf matrix(ProfiledBackend device, int rows, int columns) {
        var shape = Shape.of(rows, columns);
        var buf = Buf.dense(device.allocate(8L * rows * columns), device.floatType(), shape);
        device.upload(new float[rows * columns], buf);
        return buf;
    }

    @Test
    void theTableSaysWhatWasLeftOutAndWhatTheFloorIs() {
        var profile = new Profile();
        profile.add("gemm", "small", 2_000_000, 100e6, 1e3);
        var text = new StringWriter();
        var out = new PrintWriter(text);
        report(profile, 5).print(out);
        out.flush();
        var lines = text.toString().lines().toList();
        assertTrue(lines.get(1).startsWith("profile of 8 steps, the first 2 left out as warm-up: "), text.toString());
        assertTrue(lines.get(2).startsWith("floor: 100 GFLOP/s and 10.0 GB/s, as given"), text.toString());
        assertTrue(lines.stream().anyMatch(l -> l.matches("gemm +1 +2\\.00 +100\\.0% +50\\.0 +0\\.0 +2\\.0")),
                text.toString());
    }
}
