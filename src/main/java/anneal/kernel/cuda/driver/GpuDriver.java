package anneal.kernel.cuda.driver;

import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventElapsedTime;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecDestroy;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemAllocHost;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD32Async;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import anneal.kernel.cuda.driver.Addresses.Device;
import anneal.kernel.cuda.driver.Addresses.Host;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUevent;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;

/** A GPU, through JCuda: the first device, its primary context, and a stream of our own. */
public final class GpuDriver implements Driver {
    /** Set to {@code true}, every launch is waited for, so that an error names its own kernel. */
    private static final boolean WAIT = Boolean.getBoolean("anneal.cuda.wait");

    private final CUdevice device = new CUdevice();
    private final CUcontext context = new CUcontext();
    private final CUstream stream = new CUstream();
    private final Modules modules;
    private final List<CUevent> events = new ArrayList<>();
    private final Set<Long> live = new HashSet<>();
    private final List<Host> pinned = new ArrayList<>();
    private final Map<Long, CUgraphExec> graphs = new HashMap<>();
    private long graphsMade;
    private boolean recording;
    private boolean closed;

    /** Opens the first GPU; throws DriverException when {@link #unavailable} has a reason, or when CUDA does. */
    public GpuDriver() {
        unavailable().ifPresent(reason -> {
            throw new DriverException("the cuda device " + reason);
        });
        Status.check(cuDeviceGet(device, 0), "cuDeviceGet");
        Status.check(cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain");
        Status.check(cuCtxSetCurrent(context), "cuCtxSetCurrent");
        Status.check(cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
        modules = new Modules(device);
    }

    /** Why no GPU can be used here and what would bring it; empty if one can. */
    public static Optional<String> unavailable() {
        return Gpu.missing();
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public String description() {
        return Gpu.description();
    }

    /** The stream that everything is enqueued on, for libraries that enqueue work of their own. */
    public CUstream stream() {
        enter();
        return stream;
    }

    /** CUDA's current context is a matter of the calling thread, and devices may be handed from thread to thread. */
    private void enter() {
        Status.check(cuCtxSetCurrent(context), "cuCtxSetCurrent");
    }

    @Override
    public long allocate(long bytes) {
        enter();
        var memory = new Device();
        int status = cuMemAlloc(memory, bytes);
        if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            return 0;
        }
        Status.check(status, "cuMemAlloc of " + bytes + " bytes");
        live.add(memory.address());
        return memory.address();
    }

    @Override
    public void free(long address) {
        enter();
        if (!live.remove(address)) {
            throw new DriverException("no memory was allocated at 0x" + Long.toHexString(address));
        }
        Status.check(cuMemFree(new Device(address)), "cuMemFree");
    }

    @Override
    public int sharedBytes() {
        return modules.mostShared();
    }

    @Override
    public long freeBytes() {
        enter();
        var free = new long[1];
        Status.check(cuMemGetInfo(free, new long[1]), "cuMemGetInfo");
        return free[0];
    }

    @Override
    public MemorySegment view(long address, long bytes) {
        return MemorySegment.NULL;
    }

    @Override
    public MemorySegment pinned(long bytes) {
        enter();
        var memory = new Host();
        Status.check(cuMemAllocHost(memory, bytes), "cuMemAllocHost of " + bytes + " bytes");
        pinned.add(memory);
        return MemorySegment.ofAddress(memory.address()).reinterpret(bytes);
    }

    @Override
    public void toDevice(long to, MemorySegment from, long bytes) {
        enter();
        Status.check(cuMemcpyHtoDAsync(new Device(to), new Host(from.address()), bytes, stream), "cuMemcpyHtoDAsync");
    }

    @Override
    public void toHost(MemorySegment to, long from, long bytes) {
        enter();
        Status.check(cuMemcpyDtoHAsync(new Host(to.address()), new Device(from), bytes, stream), "cuMemcpyDtoHAsync");
    }

    @Override
    public void copy(long to, long from, long bytes) {
        enter();
        Status.check(cuMemcpyDtoDAsync(new Device(to), new Device(from), bytes, stream), "cuMemcpyDtoDAsync");
    }

    @Override
    public void set(long address, int word, long words) {
        enter();
        Status.check(cuMemsetD32Async(new Device(address), word, words, stream), "cuMemsetD32Async");
    }

    @Override
    public long kernel(String name) {
        enter();
        return modules.kernel(name);
    }

    @Override
    public void launch(long kernel, Grid grid, int block, int sharedBytes, MemorySegment arguments, int[] sizes) {
        enter();
        modules.allowShared(kernel, sharedBytes);
        Status.check(cuLaunchKernel(modules.function(kernel), grid.x(), grid.y(), grid.z(), block, 1, 1, sharedBytes,
                stream, new Host(arguments.address()), null), "cuLaunchKernel");
        if (WAIT && !recording) {
            Status.check(cuStreamSynchronize(stream), "cuStreamSynchronize");
        }
    }

    /** Relaxed: a driver's allocation is no part of the stream, and may happen meanwhile. */
    @Override
    public void beginCapture() {
        enter();
        Status.check(cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED),
                "cuStreamBeginCapture");
        recording = true;
    }

    @Override
    public long endCapture() {
        enter();
        recording = false;
        var graph = new CUgraph();
        var executable = new CUgraphExec();
        Status.check(cuStreamEndCapture(stream, graph), "cuStreamEndCapture");
        int status = cuGraphInstantiate(executable, graph, 0);
        cuGraphDestroy(graph);
        Status.check(status, "cuGraphInstantiate");
        graphs.put(++graphsMade, executable);
        return graphsMade;
    }

    @Override
    public void replay(long graph) {
        enter();
        Status.check(cuGraphLaunch(graphs.get(graph), stream), "cuGraphLaunch");
        if (WAIT) {
            Status.check(cuStreamSynchronize(stream), "cuStreamSynchronize");
        }
    }

    @Override
    public void forget(long graph) {
        var g = graphs.remove(graph);
        if (g != null) {
            enter();
            Status.check(cuGraphExecDestroy(g), "cuGraphExecDestroy");
        }
    }

    @Override
    public void synchronize() {
        enter();
        int status = cuStreamSynchronize(stream);
        if (status != CUresult.CUDA_SUCCESS) {
            throw new DriverException("cuda: something that was enqueued earlier failed: " + Status.text(status)
                    + (WAIT ? "" : "; with -Danneal.cuda.wait=true the error names the kernel"));
        }
    }

    @Override
    public long event() {
        enter();
        var event = new CUevent();
        Status.check(cuEventCreate(event, 0), "cuEventCreate");
        events.add(event);
        return events.size() - 1;
    }

    @Override
    public void record(long event) {
        enter();
        Status.check(cuEventRecord(events.get((int) event), stream), "cuEventRecord");
    }

    @Override
    public double milliseconds(long from, long to) {
        enter();
        Status.check(cuEventSynchronize(events.get((int) to)), "cuEventSynchronize");
        var elapsed = new float[1];
        Status.check(cuEventElapsedTime(elapsed, events.get((int) from), events.get((int) to)), "cuEventElapsedTime");
        return elapsed[0];
    }

    /** Gives everything back. What CUDA says meanwhile is not reported: after an error every call returns it again. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        cuCtxSetCurrent(context);
        cuStreamSynchronize(stream);
        live.forEach(address -> cuMemFree(new Device(address)));
        pinned.forEach(memory -> cuMemFreeHost(memory));
        events.forEach(event -> cuEventDestroy(event));
        graphs.values().forEach(graph -> cuGraphExecDestroy(graph));
        graphs.clear();
        modules.unload();
        cuStreamDestroy(stream);
        cuDevicePrimaryCtxRelease(device);
    }
}
