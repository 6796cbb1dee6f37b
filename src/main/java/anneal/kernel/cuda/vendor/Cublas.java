package anneal.kernel.cuda.vendor;

import anneal.kernel.cuda.driver.DriverException;
import jcuda.Pointer;
import jcuda.driver.CUstream;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;

/** Matrix products by cuBLAS, on a stream of ours. */
final class Cublas implements AutoCloseable {
    private final cublasHandle handle = new cublasHandle();

    /** The library must be loaded already. */
    Cublas(CUstream stream) {
        JCublas2.setExceptionsEnabled(false);
        check(JCublas2.cublasCreate(handle), "cublasCreate");
        check(JCublas2.cublasSetStream(handle, new cudaStream_t(stream)), "cublasSetStream");
    }

    /**
     * Enqueues {@code c = alpha * product + beta * c}. The old entry points take the compute type for another
     * enumeration.
     */
    void gemm(GemmCall g, float alpha, float beta) {
        var a = Pointer.to(new float[] {alpha});
        var b = Pointer.to(new float[] {beta});
        var first = new DevicePointer(g.first().address());
        var second = new DevicePointer(g.second().address());
        var result = new DevicePointer(g.result().address());
        if (g.batch() == 1) {
            check(JCublas2.cublasGemmEx_new(handle, g.opFirst(), g.opSecond(), g.m(), g.n(), g.k(), a,
                    first, g.first().type(), g.first().leading(), second, g.second().type(), g.second().leading(), b,
                    result, g.result().type(), g.result().leading(), g.computeType(), GemmCall.DEFAULT_ALGORITHM),
                    "cublasGemmEx");
        } else {
            check(JCublas2.cublasGemmStridedBatchedEx_new(handle, g.opFirst(), g.opSecond(), g.m(), g.n(), g.k(), a,
                    first, g.first().type(), g.first().leading(), g.first().stride(),
                    second, g.second().type(), g.second().leading(), g.second().stride(), b,
                    result, g.result().type(), g.result().leading(), g.result().stride(), g.batch(), g.computeType(),
                    GemmCall.DEFAULT_ALGORITHM), "cublasGemmStridedBatchedEx");
        }
    }

    /** Such as 13.1.0. */
    String version() {
        var version = new int[1];
        check(JCublas2.cublasGetVersion(handle, version), "cublasGetVersion");
        return version[0] / 10000 + "." + version[0] / 100 % 100 + "." + version[0] % 100;
    }

    private static void check(int status, String call) {
        if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            throw new DriverException(call + ": " + cublasStatus.stringFor(status));
        }
    }

    @Override
    public void close() {
        JCublas2.cublasDestroy(handle);
    }
}
