package anneal.kernel.cuda;

import anneal.kernel.Backend;
import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Graph;
import anneal.kernel.HostTransfer;
import anneal.kernel.Kernels;
import anneal.kernel.Precision;
import anneal.kernel.Shape;
import anneal.kernel.Storage;
import anneal.kernel.cuda.driver.Driver;
import anneal.kernel.cuda.driver.GpuDriver;
import anneal.kernel.cuda.driver.Grid;
import anneal.kernel.cuda.driver.HostDriver;
import anneal.kernel.cuda.vendor.VendorLibraries;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import jcuda.driver.CUstream;

/** A device whose kernels are CUDA's: {@code cuda} on a GPU, {@code sim} on the host simulator. */
public final class CudaBackend implements Backend {
    private final Driver driver;
    private final CudaMemory memory;
    private final CudaContext context;
    private final CudaKernels kernels;
    private final Staging staging;
    private final Precision precision;
    private final VendorLibraries vendor;
    private boolean closed;

    /** @param vendor libraries that take some of the work, or null */
    private CudaBackend(Driver driver, CudaOptions options, VendorLibraries vendor) {
        this.driver = driver;
        this.vendor = vendor;
        precision = options.precision();
        memory = new CudaMemory(driver, options.poison());
        context = new CudaContext(driver, memory, precision);
        kernels = new CudaKernels(context, vendor);
        staging = new Staging(driver);
    }

    /** The host simulator; throws DriverException when {@link #simUnavailable} has a reason. */
    public static CudaBackend sim(CudaOptions options) {
        if (options.vendor()) {
            throw new IllegalArgumentException("the simulator has no cuBLAS and cuDNN");
        }
        return new CudaBackend(new HostDriver(options.threads()), options, null);
    }

    /** Why there is no {@code sim} here, to be read behind the device's name; empty if there is. */
    public static Optional<String> simUnavailable() {
        return HostDriver.unavailable();
    }

    /**
     * The first GPU; throws DriverException when {@link #gpuUnavailable} has a reason, or when vendor libraries are asked
     * for and cannot be used, with the reason.
     */
    public static CudaBackend gpu(CudaOptions options) {
        var driver = new GpuDriver();
        try {
            var vendor = options.vendor() ? new VendorLibraries(driver.stream(), options.precision()) : null;
            return new CudaBackend(driver, options, vendor);
        } catch (RuntimeException e) {
            driver.close();
            throw e;
        }
    }

    /** Why there is no {@code cuda} here, to be read behind the device's name; empty if there is. */
    public static Optional<String> gpuUnavailable() {
        return GpuDriver.unavailable();
    }

    @Override
    public String name() {
        return driver.name();
    }

    @Override
    public String description() {
        var floats = switch (precision) {
            case FP32 -> "float32";
            case TF32 -> "float32, products in tf32";
            case BF16 -> "bfloat16";
        };
        return driver.name() + ": " + floats + ", " + driver.description()
                + (vendor == null ? "" : ", " + vendor.description());
    }

    @Override
    public DType floatType() {
        return precision.floatType();
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    /**
     * Enqueues one of kernels/*.cu by its name: for measurements of single kernels, such as a ladder's rungs. Tensors go
     * through {@link #kernels}.
     *
     * @param args in the order of the kernel's parameters: Buf, Storage, Integer, Long, Float, Double
     */
    public void launch(String kernel, Grid grid, int block, int sharedBytes, Object... args) {
        checkOpen();
        context.launch(kernel, grid, block, sharedBytes, args);
    }

    /** From now on {@code who} is told of every launch of {@link #kernels}; null ends that. */
    public void watch(LaunchWatcher who) {
        context.watch(who);
    }

    @Override
    public Storage allocate(long bytes) {
        checkOpen();
        return memory.allocate(bytes);
    }

    @Override
    public void trim() {
        if (!closed) {
            memory.trim();
        }
    }

    @Override
    public void poison(Storage block, long offset, long bytes) {
        memory.poison(block.address() + offset, bytes);
    }

    @Override
    public void upload(float[] src, Buf dst) {
        checkHost("take numbers from the host");
        staging.upload(dst, host -> HostTransfer.upload(src, host));
    }

    @Override
    public void upload(double[] src, Buf dst) {
        checkHost("take numbers from the host");
        staging.upload(dst, host -> HostTransfer.upload(src, host));
    }

    @Override
    public void upload(int[] src, Buf dst) {
        checkHost("take numbers from the host");
        staging.upload(dst, host -> HostTransfer.upload(src, host));
    }

    @Override
    public double[] downloadDoubles(Buf src) {
        checkHost("give numbers to the host");
        return HostTransfer.downloadDoubles(staging.download(src));
    }

    @Override
    public float[] downloadFloats(Buf src) {
        checkHost("give numbers to the host");
        return HostTransfer.downloadFloats(staging.download(src));
    }

    /** @param flushed bytes that are filled before each timed call: a few times the second-level cache */
    public DeviceClock clock(long flushed) {
        return new DeviceClock(driver, allocate(flushed));
    }

    /**
     * cuBLAS and cuDNN on this device's stream, to be measured beside our kernels; close them before the device. On the
     * simulator, whose memory is the host's, they can only be stand-ins that compute on the processor. Throws
     * DriverException if they cannot be used here, with the reason.
     */
    public VendorLibraries libraries() {
        checkOpen();
        return new VendorLibraries(driver instanceof GpuDriver gpu ? gpu.stream() : new CUstream(), precision);
    }

    @Override
    public void synchronize() {
        checkHost("be waited for");
        driver.synchronize();
    }

    @Override
    public boolean canCapture() {
        return true;
    }

    @Override
    public Graph capture(Runnable work) {
        checkHost("hold another graph");
        return CudaGraph.capture(driver, context, memory, work);
    }

    @Override
    public MemoryUse memory() {
        return memory.use();
    }

    /** How many times a graph was launched since the device was opened. */
    public long graphLaunches() {
        return context.graphLaunches();
    }

    /** How often each kernel was launched since the device was opened, by a graph or by itself. */
    public SortedMap<String, Long> launches() {
        return context.launches();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            memory.close();
            context.close();
            if (vendor != null) {
                vendor.close();
            }
            driver.close();
        }
    }

    /** A graph does the same at every launch, without asking Java: it has no part that reads or writes host memory. */
    private void checkHost(String what) {
        checkOpen();
        if (memory.isCapturing()) {
            throw new IllegalStateException("a step that is recorded as a graph on the " + driver.name()
                    + " device cannot " + what + "; do that before or after it, or open the device without graphs");
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the " + driver.name() + " device is closed");
        }
    }

    /** Device memory that Java cannot see is reached through a pinned buffer of the host, which grows as needed. */
    private static final class Staging {
        private final Driver driver;
        private MemorySegment pinned = MemorySegment.NULL;

        Staging(Driver driver) {
            this.driver = driver;
        }

        /** @param write fills a buffer of host memory that has the shape and type of {@code dst} */
        void upload(Buf dst, Consumer<Buf> write) {
            dst.storage().checkWritable();
            long bytes = span(dst);
            if (bytes == 0 || visible(dst)) {
                driver.synchronize();
                write.accept(dst);
                driver.written(dst.address(), bytes);
                return;
            }
            var host = host(dst, bytes);
            if (!dst.isDense()) {   // what lies between the rows stays
                driver.toHost(host.storage().segment(), dst.address(), bytes);
                driver.synchronize();
            }
            write.accept(host);
            driver.toDevice(dst.address(), host.storage().segment(), bytes);
            driver.synchronize();   // the pinned buffer is free again
        }

        Buf download(Buf src) {
            long bytes = span(src);
            if (bytes == 0 || visible(src)) {
                driver.synchronize();
                return src;
            }
            var host = host(src, bytes);
            driver.toHost(host.storage().segment(), src.address(), bytes);
            driver.synchronize();
            return host;
        }

        private static boolean visible(Buf b) {
            return b.storage().segment().address() != 0;
        }

        /** Bytes from the first element to the end of the last. */
        private static long span(Buf b) {
            Shape s = b.shape();
            return s.size() == 0 ? 0 : ((s.rows() - 1) * b.rowPitch() + s.last()) * b.type().bytes();
        }

        private Buf host(Buf like, long bytes) {
            if (pinned.byteSize() < bytes) {
                pinned = driver.pinned(Math.max(2 * pinned.byteSize(), CudaMemory.sizeClass(bytes)));
            }
            var segment = pinned.asSlice(0, bytes);
            return new Buf(new Storage(segment, segment.address(), bytes, s -> { }), 0, like.type(), like.shape(),
                    like.rowPitch());
        }
    }
}
