package anneal.kernel.cuda.vendor;

import anneal.kernel.AttentionSpec;
import anneal.kernel.Buf;
import anneal.kernel.ConvSpec;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import anneal.kernel.Precision;
import anneal.kernel.Qkv;
import anneal.kernel.Storage;
import anneal.kernel.cuda.driver.DriverException;
import java.util.HashMap;
import java.util.Map;
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
    private final CudnnAttention attention;

    /** @throws DriverException in one line, if {@link #missing} has a reason or the libraries do not start */
    public VendorLibraries(CUstream stream, Precision precision) {
        missing().ifPresent(reason -> {
            throw new DriverException("--vendor " + reason);
        });
        this.precision = precision;
        cublas = new Cublas(stream);
        cudnn = new Cudnn(stream);
        attention = new CudnnAttention(cudnn.handle());
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

    /**
     * Enqueues attention if cuDNN has a fused kernel for it: bfloat16, no mask, and a float32 {@code logSumExp}.
     *
     * @param scratch as in {@link #conv}
     */
    public boolean attention(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp, LongFunction<Storage> scratch) {
        var call = AttentionCall.forward(s, in, mask, out, logSumExp);
        if (call.isEmpty() || !attention.takes(call.get())) {
            return false;
        }
        attention.run(call.get(), inputs(in, out, logSumExp), (float) s.scale(), scratch);
        return true;
    }

    /** The same of attention's gradients, which are not the same bits every time. */
    public boolean attentionBackward(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp, Buf outGradient,
                                     Qkv gradients, LongFunction<Storage> scratch) {
        var call = AttentionCall.backward(s, in, mask, out, logSumExp, outGradient, gradients);
        if (call.isEmpty() || !attention.takes(call.get())) {
            return false;
        }
        var addresses = inputs(in, out, logSumExp);
        addresses.put(AttentionGraph.OUT_GRADIENT, outGradient.address());
        addresses.put(AttentionGraph.DQ, gradients.q().address());
        addresses.put(AttentionGraph.DK, gradients.k().address());
        addresses.put(AttentionGraph.DV, gradients.v().address());
        attention.run(call.get(), addresses, (float) s.scale(), scratch);
        return true;
    }

    private static Map<Integer, Long> inputs(Qkv in, Buf out, Buf logSumExp) {
        return new HashMap<>(Map.of(AttentionGraph.Q, in.q().address(), AttentionGraph.K, in.k().address(),
                AttentionGraph.V, in.v().address(), AttentionGraph.OUT, out.address(), AttentionGraph.STATISTICS,
                logSumExp.address()));
    }

    @Override
    public void close() {
        attention.close();
        cudnn.close();
        cublas.close();
    }
}
