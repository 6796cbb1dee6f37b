package anneal.study.predict;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Precision;
import anneal.kernel.Shape;
import anneal.kernel.cuda.CudaBackend;
import anneal.kernel.cuda.CudaOptions;
import anneal.kernel.cuda.DeviceClock;
import anneal.kernel.cuda.driver.Grid;
import anneal.kernel.cuda.driver.HostDriver;
import anneal.kernel.cuda.driver.KernelCounts;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** One walk through the catalogue: every kernel's first launch, counted or timed. */
final class Walk {
    /** Of a launch's blocks, those that the simulator runs where it counts, and where it does not. */
    private static final int BLOCKS_COUNTED = 8;
    private static final int BLOCKS_TRIED = 1;

    /**
     * How launches are timed.
     *
     * @param times      that each is repeated, of which the median counts
     * @param flushBytes that are overwritten before
     */
    record Timing(int times, long flushBytes) {
        /** More bytes than twice the second-level cache of an H100. */
        static final Timing OF_A_GPU = new Timing(21, 128L << 20);
    }

    private final Timing timing;
    private final Map<String, Launch> launches = new LinkedHashMap<>();
    private boolean counting;
    private long sample;
    private Double emptyLaunch;

    private Walk(Timing timing) {
        this.timing = timing;
    }

    /**
     * Opens a device in each precision and walks. The simulator runs a few blocks of each launch.
     *
     * @param timing null for no times
     */
    static Walk on(Function<CudaOptions, CudaBackend> open, Timing timing) {
        var walk = new Walk(timing);
        for (var precision : Precision.values()) {
            try (var device = open.apply(new CudaOptions(0, false, precision))) {
                boolean sim = device.name().equals("sim");
                if (sim) {
                    walk.sampled(device);
                }
                try {
                    walk.on(device, precision);
                } finally {
                    if (sim) {
                        HostDriver.setSample(0);
                    }
                }
            }
        }
        return walk;
    }

    private void sampled(CudaBackend device) {
        KernelCounts.taken();
        tiny(device, () -> { });
        counting = !KernelCounts.taken().isEmpty();
        sample = counting ? BLOCKS_COUNTED : BLOCKS_TRIED;
        HostDriver.setSample(sample);
    }

    /** By kernel, in the catalogue's order. */
    Map<String, Launch> launches() {
        return launches;
    }

    /** Microseconds of a launch that does next to nothing, taken as all others are; null without times. */
    Double emptyLaunch() {
        return emptyLaunch;
    }

    private void on(CudaBackend device, Precision precision) {
        var clock = timing == null ? null : device.clock(timing.flushBytes);
        if (timing != null && emptyLaunch == null) {
            device.watch((kernel, grid, block, again) -> emptyLaunch = microseconds(clock, again));
            tiny(device, () -> device.watch(null));
        }
        for (var call : Catalogue.of(precision)) {
            try (var operands = new Operands(device)) {
                var body = call.body().on(operands);
                KernelCounts.taken();
                device.watch((kernel, grid, block, again) -> {
                    var counts = counting ? KernelCounts.taken().getFirst() : null;
                    if (!launches.containsKey(kernel)) {
                        launches.put(kernel, launch(call, kernel, grid, block, counts, timing == null ? null
                                : microseconds(clock, again)));
                    }
                });
                body.run();
            } catch (RuntimeException e) {
                throw new IllegalStateException(call.family() + " of " + call.what() + " in " + precision + ": "
                        + e.getMessage(), e);
            } finally {
                device.watch(null);
            }
        }
        if (clock != null) {
            clock.close();
        }
    }

    private Launch launch(KernelCall call, String kernel, Grid grid, int block, KernelCounts counts, Double microseconds) {
        long blocks = (long) grid.x() * grid.y() * grid.z();
        return new Launch(call, kernel, grid, block, counts, sample == 0 ? blocks : Math.min(blocks, sample), microseconds);
    }

    /** Launches a kernel that writes one number. */
    private static void tiny(CudaBackend device, Runnable then) {
        var one = device.allocate(DType.I32.bytes());
        device.kernels().fill(Buf.dense(one, DType.I32, Shape.of(1)), 0);
        then.run();
        one.release();
    }

    private double microseconds(DeviceClock clock, Runnable again) {
        var sorted = new double[timing.times];
        Arrays.setAll(sorted, i -> clock.milliseconds(again));
        Arrays.sort(sorted);
        return 1e3 * sorted[sorted.length / 2];
    }
}
