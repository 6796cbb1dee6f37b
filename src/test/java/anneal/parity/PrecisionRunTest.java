package anneal.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.SafeTensors;
import anneal.io.TensorData;
import anneal.kernel.Precision;
import anneal.tensor.Devices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a device of less than float32 may be off by: a number of roundings, or what the case makes of one. */
class PrecisionRunTest {
    @TempDir
    private Path folder;

    /** Runs log(x) on an exact device against a reference that is off by {@code error} of itself. */
    private CaseResult.Status logarithm(double x, double error) throws Exception {
        var tensors = new LinkedHashMap<String, TensorData>();
        tensors.put("in.x", TensorData.of(new double[] {x}, 1));
        tensors.put("out.y", TensorData.of(new double[] {Math.log(x) * (1 + error)}, 1));
        SafeTensors.write(folder.resolve("log.safetensors"), tensors, Map.of());
        Files.writeString(folder.resolve("manifest.json"), """
                {"models": {}, "cases": [{"name": "log", "kind": "op", "config": {"op": "log", "attrs": {}},
                 "file": "log.safetensors", "tensors": [
                 {"name": "in.x", "role": "input", "dtype": "float64", "shape": [1]},
                 {"name": "out.y", "role": "output", "dtype": "float64", "shape": [1], "atol": 1e-6, "rtol": 0.0}]}]}""");
        var manifest = Manifest.read(folder);
        try (var device = Devices.open("reference")) {
            return new ParityRun(device, Precision.BF16, manifest, false, null).run(manifest.cases().getFirst()).status();
        }
    }

    @Test
    void aWellConditionedResultMayBeOffByItsRoundings() throws Exception {
        assertEquals(CaseResult.Status.OK, logarithm(20, 0.016));
        assertEquals(CaseResult.Status.FAIL, logarithm(20, 0.018));
    }

    /** log(1.01) changes by a hundred times what 1.01 changes by: 0.15 for a rounding, of which 4 are allowed. */
    @Test
    void aCaseThatMagnifiesARoundingMayBeOffByAsMuch() throws Exception {
        assertEquals(CaseResult.Status.OK, logarithm(1.01, 0.2));
        assertEquals(CaseResult.Status.FAIL, logarithm(1.01, -0.6));
    }

    @Test
    void disturbedNumbersAreOffByTheUnit() {
        var ones = new double[10000];
        Arrays.fill(ones, -2);
        var data = TensorData.of(ones, ones.length);
        var disturbance = new Disturbance(0.01, 3, true);
        var disturbed = disturbance.ofInput("x", data).toDoubles();
        double squares = Arrays.stream(disturbed).map(v -> v / -2 - 1).map(e -> e * e).average().orElseThrow();
        assertEquals(0.01, Math.sqrt(squares), 3e-4);
        assertArrayEquals(disturbed, disturbance.ofParameter("x", data).toDoubles());
        assertTrue(!Arrays.equals(disturbed, new Disturbance(0.01, 4, true).ofInput("x", data).toDoubles()));
        assertSame(data, new Disturbance(0.01, 3, false).ofInput("x", data));
        var labels = TensorData.of(new int[] {1, 2}, 2);
        assertSame(labels, disturbance.ofInput("y", labels));
    }

    @Test
    void formulasAreHeldToFloat32() {
        for (var kind : List.of("q_sample", "vb_terms", "training_loss_raw", "adamw")) {
            var entry = new Manifest.Case(kind, kind, null, null, null, null, null);
            assertTrue(PrecisionBars.isFloat32(Precision.BF16, entry), kind);
        }
        for (var kind : List.of("op", "unet", "train_steps", "sample")) {
            var entry = new Manifest.Case(kind, kind, null, null, null, null, null);
            assertTrue(!PrecisionBars.isFloat32(Precision.BF16, entry), kind);
        }
    }
}
