package anneal.kernel.cuda.vendor;

import anneal.kernel.cuda.driver.DriverException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import jcuda.Pointer;
import jcuda.driver.CUstream;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.runtime.cudaStream_t;

/** Convolutions by cuDNN, on a stream of ours. */
final class Cudnn implements AutoCloseable {
    /** cuDNN 9 has a thousand statuses of every kind. */
    private static final int NOT_SUPPORTED = 3000;
    private static final int NOT_SUPPORTED_END = 4000;

    private final CudnnHandle handle = new CudnnHandle();
    private final Map<ConvCall, Optional<Prepared>> prepared = new HashMap<>();

    /** Descriptors of one kind of convolution, and the memory that it wants. */
    private record Prepared(cudnnTensorDescriptor x, cudnnFilterDescriptor w, cudnnTensorDescriptor y,
                            cudnnConvolutionDescriptor convolution, long workspaceBytes) {
        void destroy() {
            JCudnn.cudnnDestroyTensorDescriptor(x);
            JCudnn.cudnnDestroyFilterDescriptor(w);
            JCudnn.cudnnDestroyTensorDescriptor(y);
            JCudnn.cudnnDestroyConvolutionDescriptor(convolution);
        }
    }

    /** The library must be loaded already. */
    Cudnn(CUstream stream) {
        JCudnn.setExceptionsEnabled(false);
        check(JCudnn.cudnnCreate(handle), "cudnnCreate");
        check(JCudnn.cudnnSetStream(handle, new cudaStream_t(stream)), "cudnnSetStream");
    }

    CudnnHandle handle() {
        return handle;
    }

    /** Bytes of workspace for such a convolution; empty if cuDNN says that it does not do it. */
    Optional<Long> workspaceBytes(ConvCall c) {
        return prepared.computeIfAbsent(c, this::prepare).map(Prepared::workspaceBytes);
    }

    private Optional<Prepared> prepare(ConvCall c) {
        var x = new cudnnTensorDescriptor();
        var w = new cudnnFilterDescriptor();
        var y = new cudnnTensorDescriptor();
        var convolution = new cudnnConvolutionDescriptor();
        check(JCudnn.cudnnCreateTensorDescriptor(x), "cudnnCreateTensorDescriptor");
        check(JCudnn.cudnnCreateFilterDescriptor(w), "cudnnCreateFilterDescriptor");
        check(JCudnn.cudnnCreateTensorDescriptor(y), "cudnnCreateTensorDescriptor");
        check(JCudnn.cudnnCreateConvolutionDescriptor(convolution), "cudnnCreateConvolutionDescriptor");
        check(JCudnn.cudnnSetTensor4dDescriptor(x, ConvCall.FORMAT_NHWC, c.dataType(), c.n(), c.inC(), c.inH(),
                c.inW()),
                "cudnnSetTensor4dDescriptor");
        check(JCudnn.cudnnSetFilter4dDescriptor(w, c.dataType(), ConvCall.FORMAT_NHWC, c.outC(), c.inC(), c.kH(),
                c.kW()),
                "cudnnSetFilter4dDescriptor");
        check(JCudnn.cudnnSetTensor4dDescriptor(y, ConvCall.FORMAT_NHWC, c.dataType(), c.n(), c.outC(), c.outH(),
                c.outW()),
                "cudnnSetTensor4dDescriptor");
        check(JCudnn.cudnnSetConvolution2dDescriptor(convolution, c.padding(), c.padding(), c.stride(), c.stride(), 1,
                1,
                ConvCall.CROSS_CORRELATION, ConvCall.FLOAT), "cudnnSetConvolution2dDescriptor");
        check(JCudnn.cudnnSetConvolutionMathType(convolution, c.mathType()), "cudnnSetConvolutionMathType");
        var bytes = new long[1];
        int status = switch (c.mode()) {
            case FORWARD -> JCudnn.cudnnGetConvolutionForwardWorkspaceSize(handle, x, w, convolution, y, c.algorithm(),
                    bytes);
            case DATA_GRADIENT -> JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(handle, w, y, convolution, x,
                    c.algorithm(), bytes);
            case WEIGHT_GRADIENT -> JCudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(handle, x, y, convolution, w,
                    c.algorithm(), bytes);
        };
        var made = new Prepared(x, w, y, convolution, bytes[0]);
        if (status >= NOT_SUPPORTED && status < NOT_SUPPORTED_END) {
            made.destroy();
            return Optional.empty();
        }
        check(status, "the size of a workspace for " + c);
        return Optional.of(made);
    }

    /**
     * Enqueues it: {@code result = alpha * convolution + beta * result}. {@link #workspaceBytes} must have said how
     * much.
     *
     * @param x         addresses, one of which the mode makes the result's
     * @param workspace address of as many bytes, 0 if there are none
     */
    void convolve(ConvCall c, long x, long w, long y, float alpha, float beta, long workspace) {
        var p = prepared.get(c).orElseThrow();
        var a = Pointer.to(new float[] {alpha});
        var b = Pointer.to(new float[] {beta});
        var px = new DevicePointer(x);
        var pw = new DevicePointer(w);
        var py = new DevicePointer(y);
        var space = new DevicePointer(workspace);
        switch (c.mode()) {
            case FORWARD -> check(JCudnn.cudnnConvolutionForward(handle, a, p.x, px, p.w, pw, p.convolution,
                    c.algorithm(),
                    space, p.workspaceBytes, b, p.y, py), "cudnnConvolutionForward of " + c);
            case DATA_GRADIENT -> check(JCudnn.cudnnConvolutionBackwardData(handle, a, p.w, pw, p.y, py, p.convolution,
                    c.algorithm(), space, p.workspaceBytes, b, p.x, px), "cudnnConvolutionBackwardData of " + c);
            case WEIGHT_GRADIENT -> check(JCudnn.cudnnConvolutionBackwardFilter(handle, a, p.x, px, p.y, py,
                    p.convolution,
                    c.algorithm(), space, p.workspaceBytes, b, p.w, pw), "cudnnConvolutionBackwardFilter of " + c);
        }
    }

    /** Such as 9.24.0. */
    static String version() {
        long version = JCudnn.cudnnGetVersion();
        return version / 10000 + "." + version / 100 % 100 + "." + version % 100;
    }

    /** JCudnn's own names are those of cuDNN 8. */
    private static void check(int status, String call) {
        if (status != 0) {
            throw new DriverException(call + ": " + JCudnn.cudnnGetErrorString(status));
        }
    }

    @Override
    public void close() {
        prepared.values().forEach(p -> p.ifPresent(Prepared::destroy));
        JCudnn.cudnnDestroy(handle);
    }
}
