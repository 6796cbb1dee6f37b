package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import anneal.kernel.Shape;
import anneal.kernel.Storage;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** On a clock of its own: what a call takes is decided here, not by the machine. */
class SelfCheckTest {
    private static final long MILLISECOND = 1_000_000;
    private static final int WIDTH = 16;
    /** 2 ms at the floor of 32 operations a nanosecond. */
    private static final double FLOPS = 64e6;

    private final AtomicLong now = new AtomicLong();
    private final List<String> said = new ArrayList<>();

    private SelfCheck check(int width) {
        return new SelfCheck(width, now::get, said::add);
    }

    private void calls(SelfCheck check, int calls, long milliseconds, double flops, int smallest) {
        for (int i = 0; i < calls; i++) {
            long begin = check.begin();
            now.addAndGet(milliseconds * MILLISECOND);
            check.flops("convolution", "direct", begin, flops, smallest);
        }
    }

    @Test
    void saysOnceWhatNeverComesNearTheFloor() {
        calls(check(WIDTH), 2000, 40, FLOPS, 64);
        assertEquals(1, said.size(), said.toString());
        assertTrue(said.getFirst().contains("convolution (direct) runs at least 20 times slower"), said.getFirst());
        assertEquals(1, said.getFirst().lines().count());
    }

    @Test
    void isSilentOnABusyMachine() {
        var check = check(WIDTH);
        for (int i = 0; i < 100; i++) {
            calls(check, 60, 400, FLOPS, 64);
            calls(check, 1, 10, FLOPS, 64); // one in sixty has the processor for itself
        }
        assertEquals(List.of(), said);
    }

    @Test
    void isSilentWhileTheCompilerWarmsUp() {
        var check = check(WIDTH);
        calls(check, 100, 80, FLOPS, 64);
        calls(check, 5000, 8, FLOPS, 64);
        assertEquals(List.of(), said);
    }

    @Test
    void smallOrNarrowCallsAndPlainJavaSayNothing() {
        calls(check(WIDTH), 10_000, 40, SelfCheck.LEAST_FLOPS - 1, 64);
        calls(check(WIDTH), 10_000, 40, FLOPS, 8);
        calls(check(1), 10_000, 40, FLOPS, 64);
        assertEquals(List.of(), said);
    }

    @Test
    void oneSlowFamilyIsFoundAmongFastOnes() {
        var check = check(WIDTH);
        for (int i = 0; i < 2000; i++) {
            calls(check, 1, 1, FLOPS, 64);
            long begin = check.begin();
            now.addAndGet(100 * MILLISECOND);
            check.bytes("normalisation", begin, 8e6, 64);
        }
        assertEquals(1, said.size(), said.toString());
        assertTrue(said.getFirst().contains("normalisation runs at least 50 times"), said.getFirst());
    }

    /** As when nothing is compiled: sixty-four calls would take an hour. */
    @Test
    void fewCallsAreEnoughWhereTheyTakeSeconds() {
        calls(check(WIDTH), 20, 4000, FLOPS, 64);
        assertEquals(1, said.size(), said.toString());
    }

    /** As when C1 keeps the tiles of the direct convolution and Winograd's are fine. */
    @Test
    void oneSlowAlgorithmIsFoundBesideAFastOne() {
        var check = check(WIDTH);
        for (int i = 0; i < 2000; i++) {
            calls(check, 1, 40, FLOPS, 64);
            long begin = check.begin();
            now.addAndGet(MILLISECOND);
            check.flops("convolution", "winograd f2", begin, FLOPS, 64);
        }
        assertEquals(1, said.size(), said.toString());
        assertTrue(said.getFirst().startsWith("anneal: convolution (direct) runs"), said.getFirst());
    }

    @Test
    void aPropertySwitchesItOff() {
        System.setProperty("anneal.cpu.selfCheck", "false");
        try {
            calls(check(WIDTH), 2000, 40, FLOPS, 64);
        } finally {
            System.clearProperty("anneal.cpu.selfCheck");
        }
        assertEquals(List.of(), said);
    }

    /** The planted kernel computes what it should, and every tile takes a millisecond more. */
    @Test
    void aSlowKernelPlantedInTheDeviceIsFound() {
        products(() -> now.addAndGet(MILLISECOND));
        assertEquals(1, said.size(), said.toString());
        assertTrue(said.getFirst().startsWith("anneal: matrix product runs"), said.getFirst());
        said.clear();
        products(() -> now.addAndGet(100));
        assertEquals(List.of(), said);
    }

    private void products(Runnable slow) {
        var best = LanesLookup.best();
        var lanes = planted(Lanes.class, best, (name, result) -> name.equals("tiles")
                ? planted(TileLanes.class, (TileLanes) result, (tile, value) -> {
                    if (tile.equals("multiply")) {
                        slow.run();
                    }
                    return value;
                }) : result);
        int size = 208;
        var spec = GemmSpec.of(size, size, size, false, false);
        try (var threads = new ThreadPool(1); var memory = new BlockPool()) {
            var kernels = new CpuKernels(new CpuContext(memory, threads, lanes), check(WIDTH));
            var a = zeros(memory, DType.F32, size, size);
            var b = zeros(memory, DType.F32, size, size);
            var c = zeros(memory, DType.F32, size, size);
            var work = zeros(memory, DType.I32, (int) (kernels.plan(spec).workspaceBytes() / 4));
            for (int i = 0; i < 800; i++) {
                kernels.gemm(spec, a, b, Epilogue.NONE, c, work);
            }
        }
    }

    private static Buf zeros(BlockPool memory, DType type, int... dims) {
        long bytes = 4 * Shape.of(dims).size();
        long address = memory.allocate(bytes);
        Native.clear(address, bytes);
        return Buf.dense(new Storage(Native.ALL.asSlice(address, bytes), address, bytes, s -> memory.free(address)),
                type, Shape.of(dims));
    }

    /** May change what a method returns. */
    private interface Change {
        Object of(String method, Object result);
    }

    /** Calls {@code real}, and {@code change} after each call. */
    private static <T> T planted(Class<T> type, T real, Change change) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (proxy, method, arguments) -> change.of(method.getName(), method.invoke(real, arguments))));
    }
}
