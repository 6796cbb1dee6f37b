package anneal.kernel.cuda.vendor;

import anneal.kernel.Buf;
import anneal.kernel.ConvSpec;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import anneal.kernel.Precision;
import anneal.kernel.Storage;
import anneal.kernel.cuda.driver.DriverException;
import java.util.Optional;
import java.util.function.LongFunction;
import jcuda.driver.CUstream;

/**
 * cuBLAS and cuDNN in the place of two of our kernels. What they do not take as it lies (views with a pitch for cuDNN,
 * mixed types) is refused call by call, by shape and type only, and stays with ours.
 */
public final class VendorLibraries implements AutoCloseable {
    private final Precision precision;
    private final Cublas cublas;
    private final Cudnn cudnn;

    /** @throws DriverException in one line, if {@link #missing} has a reason or the libraries do not start */
    public VendorLibraries(CUstream stream, Precision precision) {
        missing().ifPresent(reason -> {
            throw new DriverException("--vendor " + reason);
        });
        this.precision = precision;
        cublas = new Cublas(stream);
        cudnn = new Cudnn(stream);
    }

    /** Why they cannot be used here and what would bring them; empty if they can. Needs a GPU's driver. */
    public static Optional<String> missing() {
        return VendorNatives.missing();
    }

    public String description() {
        return "products by cuBLAS " + cublas.version() + ", convolutions by cuDNN " + Cudnn.version();
    }

    /** Enqueues the product if cuBLAS takes it. Of the epilogue only alpha and beta may be there. */
    public boolean gemm(GemmSpec s, Buf a, Buf b, Epilogue e, Buf c) {
        var call = GemmCall.of(s, a, b, c, precision);
        call.ifPresent(g -> cublas.gemm(g, (float) e.alpha(), (float) e.beta()));
        return call.isPresent();
    }

    /**
     * Enqueues the convolution if cuDNN takes it. Of the epilogue only alpha and beta may be there.
     *
     * @param scratch memory for so many bytes, which may be released once the call is enqueued
     */
    public boolean conv(ConvSpec s, Buf x, Buf w, Epilogue e, Buf y, LongFunction<Storage> scratch) {
        var call = ConvCall.of(s, x, w, y, precision);
        var bytes = call.flatMap(cudnn::workspaceBytes);
        if (bytes.isEmpty()) {
            return false;
        }
        var workspace = bytes.get() == 0 ? null : scratch.apply(bytes.get());
        cudnn.convolve(call.get(), x.address(), w.address(), y.address(), (float) e.alpha(), (float) e.beta(),
                workspace == null ? 0 : workspace.address());
        if (workspace != null) {
            workspace.release();
        }
        return true;
    }

    @Override
    public void close() {
        cudnn.close();
        cublas.close();
    }
}
