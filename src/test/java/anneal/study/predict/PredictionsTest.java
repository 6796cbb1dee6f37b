package anneal.study.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.Json;
import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Precision;
import anneal.kernel.Shape;
import anneal.kernel.cuda.CudaBackend;
import anneal.kernel.cuda.CudaOptions;
import anneal.kernel.cuda.driver.Grid;
import anneal.kernel.cuda.driver.HostDriver;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every kernel that ships has a prediction, of the launch that is timed on a GPU. */
class PredictionsTest {
    @BeforeEach
    void onTheSimulator() {
        CudaBackend.simUnavailable().ifPresent(reason -> Assumptions.abort("no sim device here: it " + reason));
    }

    @Test
    void everyKernelIsLaunchedAsItWasCounted() {
        var p = Predictions.on("sim");
        assertEquals(List.of(), p.wrong(), "count again: tools/anneal bench predict --markdown "
                + "docs/benchmarks/predictions.md --json src/main/resources/anneal/study/predict/predictions.json");
        assertEquals(Catalogue.shipped(), p.rows().stream().map(KernelRow::kernel).sorted().toList());
        for (var r : p.rows()) {
            assertTrue(r.asked() > 0 && r.fetched() > 0 && r.moved() >= r.fetched() && r.predicted() >= 2, r.toString());
            assertNull(r.measured());
        }
        var page = PredictionPage.of(p, "here");
        p.rows().forEach(r -> assertTrue(page.contains("| `" + r.kernel() + "` |"), r.kernel()));
        assertEquals(p, Json.read(p.json(), Predictions.class));
    }

    /** What happens on a GPU, with the simulator's clock: a time for every kernel, in its row and on the page. */
    @Test
    void everyLaunchIsTimed() {
        var p = Predictions.of(Walk.on(CudaBackend::sim, new Walk.Timing(3, 1024)), "sim");
        assertEquals(List.of(), p.wrong());
        assertTrue(p.emptyLaunch() > 0);
        assertEquals(Catalogue.shipped(), p.rows().stream().map(KernelRow::kernel).sorted().toList());
        var page = PredictionPage.of(p, "here");
        for (var r : p.rows()) {
            assertTrue(r.measured() > 0, r.toString());
            assertTrue(page.contains(String.format(Locale.ROOT, "| %.1f | %.1f |", r.measured(),
                    r.measured() / r.predicted())), r.toString());
        }
        assertEquals(p, Json.read(p.json(), Predictions.class));
    }

    /** What is known of a call is known under the names of kernels that it launches. */
    @Test
    void everyPartIsOfAKernel() {
        var kernels = HostDriver.kernels();
        for (var precision : Precision.values()) {
            for (var call : Catalogue.of(precision)) {
                call.parts().forEach(part -> assertTrue(kernels.stream().anyMatch(k -> k.startsWith(part.prefix())),
                        call.what() + ": " + part.prefix()));
            }
        }
    }

    /** A row whose launch has other blocks than those that are launched now is told. */
    @Test
    void aStalePredictionIsTold() {
        var row = Predictions.stored().rows().getFirst();
        var call = Catalogue.of(row.precision()).stream().filter(c -> c.what().equals(row.call())).findFirst().orElseThrow();
        var grid = Grid.of(Math.toIntExact(row.blocks()));
        assertTrue(row.isOf(new Launch(call, row.kernel(), grid, row.threads(), null, 1, null)));
        var other = Grid.of(Math.toIntExact(row.blocks() + 1));
        assertFalse(row.isOf(new Launch(call, row.kernel(), other, row.threads(), null, 1, null)));
        assertFalse(row.isOf(new Launch(call, row.kernel(), grid, row.threads() + 32, null, 1, null)));
    }

    @Test
    void asManyBlocksRunAsAreWanted() {
        int perBlock = 1024;
        int blocks = 100;
        try (var device = CudaBackend.sim(new CudaOptions(2, false, Precision.FP32))) {
            for (int wanted : new int[] {1, 7, 99, 100, 500}) {
                var shape = Shape.of(blocks * perBlock);
                var b = Buf.dense(device.allocate(shape.size() * 4), DType.F32, shape);
                device.upload(new double[blocks * perBlock], b);
                try {
                    HostDriver.setSample(wanted);
                    device.kernels().fill(b, 1);
                } finally {
                    HostDriver.setSample(0);
                }
                var got = device.downloadDoubles(b);
                assertEquals(Math.min(wanted, blocks) * perBlock, Arrays.stream(got).sum(), "of " + wanted);
                var ran = new HashSet<Integer>();
                for (int i = 0; i < got.length; i++) {
                    if (got[i] == 1) {
                        ran.add(i / perBlock * wanted / blocks);
                    }
                }
                assertEquals(Math.min(wanted, blocks), ran.size(), "one of each range");
                b.storage().release();
            }
        }
    }

    @Test
    void theBusiestPartIsTheBound() {
        bound(new Prediction.Work(1000, 0, 0, 0, 0, 0, 3.35e9, false), 1e-3, "memory");
        bound(new Prediction.Work(1000, 5.5e9, 5.5e9, 0, 0, 0, 0, false), 1e-3, "second cache");
        bound(new Prediction.Work(1000, 0, 128 * 1.755e9 * 132, 0, 0, 0, 0, false), 1, "first cache");
        bound(new Prediction.Work(1000, 0, 0, 1.755e9 * 132, 0, 0, 0, false), 1, "shared memory");
        bound(new Prediction.Work(1000, 0, 0, 0, 989e9, 2 * 989e9, 0, false), 2e-3, "tensor cores");
        bound(new Prediction.Work(1000, 0, 0, 0, 989e9, 2 * 989e9, 0, true), 4e-3, "tensor cores");
        bound(new Prediction.Work(1000, 0, 0, 0, 0, 67e9, 0, false), 1e-3, "float32");
        // half of the multiprocessors, then one
        bound(new Prediction.Work(66, 0, 0, 0, 0, 67e9, 0, false), 2e-3, "float32");
        bound(new Prediction.Work(1, 64 * 1.755e9, 0, 0, 0, 0, 0, false), 1, "second cache");
        var small = Prediction.ofLaunch(new Prediction.Work(1, 32, 32, 0, 0, 0, 32, false));
        assertEquals(new Prediction(Prediction.LAUNCH, "launch"), small);
    }

    private static void bound(Prediction.Work w, double seconds, String part) {
        var p = Prediction.of(w);
        assertEquals(part, p.bound());
        assertEquals(seconds, p.seconds(), 1e-9 * seconds);
    }

    @Test
    void otherDevicesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Predictions.on("cpu"));
    }
}
