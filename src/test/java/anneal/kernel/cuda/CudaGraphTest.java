package anneal.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.MapOp;
import anneal.kernel.Precision;
import anneal.kernel.Shape;
import anneal.kernel.Storage;
import anneal.kernel.cpu.CpuBackend;
import anneal.kernel.cpu.CpuOptions;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Recording and replaying on a device of CUDA's kernels: the simulator, or a GPU in gpu-check. */
public class CudaGraphTest {
    private static final int N = 1000;

    private CudaBackend device;

    @BeforeEach
    void open() {
        TestedDevice.assumeAvailable();
        device = TestedDevice.open(Precision.FP32);
    }

    @AfterEach
    void close() {
        if (device != null) {
            device.close();
        }
    }

    private Buf vector(Storage storage) {
        return Buf.dense(storage, DType.F32, Shape.of(N));
    }

    private Buf vector() {
        return vector(device.allocate(N * Float.BYTES));
    }

    private static double[] numbers(double first) {
        return DoubleStream.iterate(first, x -> x + 1).limit(N).toArray();
    }

    /** y = 2 x + 3, by way of a temporary that goes back before the recording ends. */
    private void work(Buf x, Buf y) {
        var between = vector();
        device.kernels().map(MapOp.of(MapOp.Fn.AFFINE, 2, 0), between, x);
        device.kernels().map(MapOp.of(MapOp.Fn.AFFINE, 1, 3), y, between);
        between.storage().release();
    }

    private static double[] expected(double first) {
        return DoubleStream.of(numbers(first)).map(x -> 2 * x + 3).toArray();
    }

    @Test
    void whatIsRecordedIsDoneAtEveryLaunchAndNotBefore() {
        var x = vector();
        var y = vector();
        device.upload(numbers(1), x);
        device.upload(new double[N], y);
        work(x, y);
        device.upload(new double[N], y);
        var before = device.launches();
        try (var graph = device.capture(() -> work(x, y))) {
            assertArrayEquals(new double[N], device.downloadDoubles(y));
            assertEquals(before, device.launches());
            for (double first : new double[] {1, 500, -7}) {
                device.upload(numbers(first), x);
                graph.launch();
                assertArrayEquals(expected(first), device.downloadDoubles(y));
            }
            long launched = device.launches().values().stream().mapToLong(n -> n).sum()
                    - before.values().stream().mapToLong(n -> n).sum();
            assertEquals(6, launched);
            graph.close();
            assertThrows(IllegalStateException.class, graph::launch);
        }
    }

    /** A temporary of the recording would be written over, or be written to by the graph. */
    @Test
    void nobodyElseGetsTheMemoryThatAGraphWritesTo() {
        var x = vector();
        var y = vector();
        device.upload(numbers(1), x);
        work(x, y);
        long held = device.memory().heldBytes();
        var graph = device.capture(() -> work(x, y));
        // Of the size of the temporary: the pool has none left but the graph's.
        var later = List.of(vector(), vector(), vector());
        for (var b : later) {
            device.upload(numbers(77), b);
        }
        graph.launch();
        for (var b : later) {
            assertArrayEquals(numbers(77), device.downloadDoubles(b));
        }
        assertTrue(device.memory().heldBytes() > held);
        later.forEach(b -> b.storage().release());
        long blocks = device.memory().liveStorages();
        graph.close();
        var all = DoubleStream.generate(() -> 0).limit(4).mapToObj(i -> vector()).toList();
        assertEquals(blocks + 4, device.memory().liveStorages());
        long after = device.memory().heldBytes();
        all.forEach(b -> b.storage().release());
        assertEquals(after, device.memory().heldBytes());
        assertEquals(4 * CudaMemory.sizeClass(N * Float.BYTES) + 2 * CudaMemory.sizeClass(N * Float.BYTES), after,
                "three, and the graph's own, were used again");
    }

    @Test
    void aBlockThatOutlivesItsRecordingStaysTheGraphs() {
        var kept = new Buf[1];
        var x = vector();
        device.upload(numbers(1), x);
        device.kernels().map(MapOp.of(MapOp.Fn.AFFINE, 2, 0), x, x);
        var graph = device.capture(() -> {
            kept[0] = vector();
            device.kernels().map(MapOp.of(MapOp.Fn.AFFINE, 1, 1), kept[0], x);
        });
        long address = kept[0].address();
        kept[0].storage().release();
        var other = vector();
        assertNotEquals(address, other.address());
        graph.close();
        assertEquals(address, vector().address());
    }

    @Test
    void aRecordingThatLooksAtTheHostIsRefusedInALineAndTheDeviceGoesOn() {
        var x = vector();
        var y = vector();
        device.upload(numbers(1), x);
        work(x, y);
        List<Runnable> looks = List.of(() -> device.upload(new float[N], x), () -> device.upload(new double[N], x),
                () -> device.downloadDoubles(x), () -> device.downloadFloats(x), device::synchronize,
                () -> device.capture(() -> { }));
        for (var look : looks) {
            var e = assertThrows(IllegalStateException.class, () -> device.capture(() -> {
                work(x, y);
                look.run();
            }));
            assertTrue(e.getMessage().startsWith("a step that is recorded as a graph on the "), e.getMessage());
            assertFalse(e.getMessage().contains("\n"));
            device.upload(new double[N], y);
            work(x, y);
            assertArrayEquals(expected(1), device.downloadDoubles(y));
        }
    }

    @Test
    void aGraphMayBeClosedAfterItsDevice() {
        var x = vector();
        device.upload(numbers(1), x);
        device.kernels().map(MapOp.of(MapOp.Fn.AFFINE, 2, 0), x, x);
        var graph = device.capture(() -> device.kernels().map(MapOp.of(MapOp.Fn.AFFINE, 2, 0), x, x));
        device.close();
        graph.close();
        assertThrows(IllegalStateException.class, graph::launch);
    }

    @Test
    void aDeviceThatDoesEverythingAtOnceSaysSo() {
        try (var cpu = new CpuBackend(CpuOptions.defaults())) {
            assertFalse(cpu.canCapture());
            var e = assertThrows(UnsupportedOperationException.class, () -> cpu.capture(() -> { }));
            assertTrue(e.getMessage().contains("the cpu device"), e.getMessage());
        }
    }
}
