package anneal.bench.gpu;

import anneal.bench.peer.Item;
import anneal.bench.peer.Ours;
import anneal.io.TensorData;
import anneal.kernel.Backend.OutOfDeviceMemory;
import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import anneal.kernel.Lowering;
import anneal.kernel.Precision;
import anneal.kernel.Shape;
import anneal.kernel.cuda.CudaBackend;
import anneal.kernel.cuda.DeviceClock;
import anneal.kernel.cuda.driver.DriverException;
import anneal.kernel.cuda.vendor.VendorLibraries;
import anneal.tensor.Device;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Our kernels in bfloat16 on the device that is measured, and what shares its memory: cuBLAS, cuDNN, CUDA's own copy.
 */
final class OurSide implements AutoCloseable {
    private static final double DATA_SHEET_FLOPS = 989e12;

    private final CudaBackend backend;
    private final Device device;
    private final Device withGraphs;
    private final DeviceClock clock;
    private final Effort effort;
    private VendorLibraries libraries;
    private String librariesDescription;

    /**
     * How much is done.
     *
     * @param flushedBytes before each call
     * @param seconds      of calls of a side
     * @param leastCalls   of a side, however long they take
     * @param copyBytes    of the copy that measures memory
     * @param gemmSize     of the product that measures arithmetic
     */
    record Effort(long flushedBytes, double seconds, int leastCalls, long copyBytes, int gemmSize) {
        static final Effort FULL = new Effort(512L << 20, 0.5, 7, 1L << 30, 8192);
        static final Effort QUICK = new Effort(1 << 20, 0.02, 2, 1 << 20, 64);

        Effort withSeconds(double other) {
            return new Effort(flushedBytes, other, leastCalls, copyBytes, gemmSize);
        }
    }

    /** @param deviceName cuda or sim */
    OurSide(String deviceName, Effort effort) {
        this.effort = effort;
        device = Devices.open(deviceName, DeviceOptions.DEFAULT.with(Precision.BF16));
        backend = (CudaBackend) device.backend();
        withGraphs = new Device(backend, new Lowering(backend), true);
        clock = backend.clock(effort.flushedBytes);
        try {
            libraries = backend.libraries();
            librariesDescription = libraries.description();
        } catch (DriverException e) {
            librariesDescription = "none: " + e.getMessage();
        }
    }

    String description() {
        return device.toString();
    }

    String librariesDescription() {
        return librariesDescription;
    }

    /** Ours as it is called. */
    Side kernels(Item item, Map<String, TensorData> inputs, Function<Map<String, float[]>, Double> error,
                 double tolerance) {
        return side(item, Side.OURS, () -> item.prepare(device, inputs), error, tolerance);
    }

    /** Ours as a graph that is recorded once and replayed. */
    Side graph(Item item, Map<String, TensorData> inputs, Function<Map<String, float[]>, Double> error,
               double tolerance) {
        return side(item, Side.OURS_GRAPH, () -> item.prepare(withGraphs, inputs), error, tolerance);
    }

    /** NVIDIA's library; null where there is none for this item. */
    Side library(Item item, String name, Map<String, TensorData> inputs, Function<Map<String, float[]>, Double> error,
                 double tolerance) {
        if (libraries == null) {
            return null;
        }
        return side(item, name, () -> item.byLibrary(device, libraries, inputs), error, tolerance);
    }

    /** Checks, then times; null if there is nothing to call. What goes wrong is the side's note. */
    private Side side(Item item, String name, Supplier<Ours> maker, Function<Map<String, float[]>, Double> error,
                      double tolerance) {
        try (var ours = maker.get()) {
            if (ours == null) {
                return null;
            }
            var off = error.apply(Samples.of(ours.results()));
            var ms = JmhTimes.of(item.name(), name, effort.seconds, effort.leastCalls,
                    () -> clock.milliseconds(ours::enqueue));
            return Side.timed(name, ms, off, off == null || off <= tolerance, "");
        } catch (Item.NotTaken | OutOfDeviceMemory e) {
            return Side.failed(name, e.getMessage());
        } catch (DriverException e) {
            // A library may refuse.
            return isOurs(name) ? Side.wrong(name, e.getMessage()) : Side.failed(name, e.getMessage());
        } catch (RuntimeException e) {
            return Side.wrong(name, e.toString());
        } finally {
            backend.trim();
        }
    }

    private static boolean isOurs(String name) {
        return name.equals(Side.OURS) || name.equals(Side.OURS_GRAPH);
    }

    /** CUDA's copy, of as many bytes read and written together. */
    Side copy(String item, double bytes) {
        var ms = copying(item, (long) bytes / 2);
        return Side.timed(Side.COPY, ms, null, true, "");
    }

    private List<Double> copying(String item, long each) {
        var source = backend.allocate(each);
        var target = backend.allocate(each);
        try {
            backend.kernels().fill(Buf.dense(source, DType.BF16, Shape.of(Math.toIntExact(each / Short.BYTES))), 1);
            return JmhTimes.of(item, Side.COPY, effort.seconds, effort.leastCalls,
                    () -> clock.milliseconds(() -> clock.copy(target, source)));
        } finally {
            source.release();
            target.release();
            backend.trim();
        }
    }

    /** What the device does at most: measured, or for want of cuBLAS the data sheet's arithmetic. */
    StageReport.Peaks peaks() {
        double bandwidth = 2.0 * effort.copyBytes / fastest(copying("peak", effort.copyBytes));
        var copy = "a copy of " + (effort.copyBytes >> 20) + " MiB here";
        int n = effort.gemmSize;
        var spec = GemmSpec.of(n, n, n, false, true);
        try (var scope = device.scope()) {
            var a = ones(n);
            var b = ones(n);
            var c = device.empty(DType.BF16, Shape.of(n, n)).buf();
            if (libraries != null && libraries.gemm(spec, a, b, Epilogue.NONE, c)) {
                var ms = JmhTimes.of("peak", "cuBLAS", effort.seconds, effort.leastCalls,
                        () -> clock.milliseconds(() -> libraries.gemm(spec, a, b, Epilogue.NONE, c)));
                return new StageReport.Peaks(spec.flops() / fastest(ms), "cuBLAS, a product of " + n + " cubed here",
                        bandwidth, copy);
            }
        } catch (DriverException e) {
            librariesDescription += "; a product of " + n + " cubed: " + e.getMessage();
        } finally {
            backend.trim();
        }
        return new StageReport.Peaks(DATA_SHEET_FLOPS, "the H100's data sheet, dense bfloat16", bandwidth, copy);
    }

    private Buf ones(int n) {
        var buf = device.empty(DType.BF16, Shape.of(n, n)).buf();
        device.kernels().fill(buf, 1);
        return buf;
    }

    /** Seconds. */
    private static double fastest(List<Double> ms) {
        return Collections.min(ms) * 1e-3;
    }

    @Override
    public void close() {
        clock.close();
        if (libraries != null) {
            libraries.close();
        }
        withGraphs.close();
        device.close();
    }
}
