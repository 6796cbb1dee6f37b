package anneal.kernel.cpu;

import anneal.kernel.Backend;
import anneal.kernel.Buf;
import anneal.kernel.ConvAlgorithm;
import anneal.kernel.DType;
import anneal.kernel.HostTransfer;
import anneal.kernel.Kernels;
import anneal.kernel.Storage;
import anneal.kernel.cpu.scalar.ScalarLanes;

/** The float32 device on the processor. Kernels run to their end within the call, so there is nothing to wait for. */
public final class CpuBackend implements Backend {
    private final CpuContext context;
    private final CpuKernels kernels;
    private boolean closed;

    /** A device with {@link CpuOptions#defaults}. */
    public CpuBackend() {
        this(CpuOptions.defaults());
    }

    public CpuBackend(CpuOptions options) {
        var lanes = options.forceScalar() ? new ScalarLanes() : LanesLookup.best();
        context = new CpuContext(new BlockPool(options.poison()), new ThreadPool(options.threads()), lanes,
                options.convolution());
        kernels = new CpuKernels(context);
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public String description() {
        int threads = context.threads().threads();
        String convolution = context.convolution() == ConvAlgorithm.AUTO ? ""
                : ", convolution " + context.convolution();
        return "cpu: float32, " + context.lanes().name() + ", " + threads + (threads == 1 ? " thread" : " threads")
                + convolution;
    }

    @Override
    public DType floatType() {
        return DType.F32;
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    @Override
    public Storage allocate(long bytes) {
        checkOpen();
        long address;
        try {
            address = context.memory().allocate(bytes);
        } catch (OutOfMemoryError e) {
            var use = memory();
            throw new OutOfDeviceMemory("cpu: no memory for " + bytes + " bytes more; " + use.liveBytes()
                    + " are in use and " + use.heldBytes() + " held: " + e.getMessage());
        }
        var segment = Native.ALL.asSlice(address, bytes);
        return new Storage(segment, address, bytes, released -> {
            context.prepared().drop(released);
            context.memory().free(address);
        });
    }

    @Override
    public void trim() {
        context.memory().trim();
    }

    @Override
    public void poison(Storage block, long offset, long bytes) {
        context.memory().poison(block.address() + offset, bytes);
    }

    @Override
    public void upload(float[] src, Buf dst) {
        checkOpen();
        if (dst.type() == DType.F32 && dst.isDense() && src.length == dst.shape().size()) {
            dst.storage().checkWritable();
            Native.copy(src, 0, dst.address(), src.length);
        } else {
            HostTransfer.upload(src, dst);
        }
    }

    @Override
    public void upload(double[] src, Buf dst) {
        checkOpen();
        HostTransfer.upload(src, dst);
    }

    @Override
    public void upload(int[] src, Buf dst) {
        checkOpen();
        HostTransfer.upload(src, dst);
    }

    @Override
    public double[] downloadDoubles(Buf src) {
        checkOpen();
        return HostTransfer.downloadDoubles(src);
    }

    @Override
    public float[] downloadFloats(Buf src) {
        checkOpen();
        if (src.type() == DType.F32 && src.isDense()) {
            var out = new float[Math.toIntExact(src.shape().size())];
            Native.copy(src.address(), out, 0, out.length);
            return out;
        }
        return HostTransfer.downloadFloats(src);
    }

    @Override
    public void synchronize() {
        checkOpen();
    }

    @Override
    public MemoryUse memory() {
        var pool = context.memory();
        return new MemoryUse(pool.liveBytes(), pool.peakBytes(), pool.reservedBytes(), pool.liveBlocks());
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            context.threads().close();
            context.memory().close();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the cpu device is closed");
        }
    }
}
