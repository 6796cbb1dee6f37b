package anneal.kernel.cuda;

import anneal.kernel.AdamWSpec;
import anneal.kernel.AttentionSpec;
import anneal.kernel.Buf;
import anneal.kernel.Contract;
import anneal.kernel.ConvSpec;
import anneal.kernel.CopySpec;
import anneal.kernel.DepthwiseSpec;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import anneal.kernel.Kernels;
import anneal.kernel.MapOp;
import anneal.kernel.NormSpec;
import anneal.kernel.Plan;
import anneal.kernel.Prologue;
import anneal.kernel.Qkv;
import anneal.kernel.RandomSpec;
import anneal.kernel.ReduceOp;
import anneal.kernel.Resample;
import anneal.kernel.Spec;
import anneal.kernel.cuda.vendor.VendorLibraries;
import java.util.Locale;
import java.util.Set;

/** The door of the CUDA devices: checks a call, for addresses are raw from here on, and hands it to its family. */
final class CudaKernels implements Kernels {
    private final Contract contract;
    private final CudaMap map;
    private final CudaReduce reduce;
    private final CudaNorm norm;
    private final CudaAttention attention;
    private final CudaSoftmax softmax;
    private final CudaIndexed indexed;
    private final CudaResample resampler;
    private final CudaCopy copy;
    private final CudaRandom random;
    private final CudaOptimizer optimizer;
    private final CudaConv conv;
    private final CudaDepthwise depthwise;
    private final CudaGemm gemm;
    private final CudaContext context;
    private final VendorLibraries vendor;

    /** @param vendor libraries that multiply and convolve what they can, or null */
    CudaKernels(CudaContext cuda, VendorLibraries vendor) {
        context = cuda;
        this.vendor = vendor;
        contract = new Contract(cuda.floatType());
        map = new CudaMap(cuda);
        reduce = new CudaReduce(cuda);
        norm = new CudaNorm(cuda);
        attention = new CudaAttention(cuda);
        softmax = new CudaSoftmax(cuda);
        indexed = new CudaIndexed(cuda);
        resampler = new CudaResample(cuda);
        copy = new CudaCopy(cuda);
        random = new CudaRandom(cuda);
        optimizer = new CudaOptimizer(cuda);
        conv = new CudaConv(cuda);
        depthwise = new CudaDepthwise(cuda);
        gemm = new CudaGemm(cuda);
    }

    @Override
    public Plan plan(Spec spec) {
        return switch (spec) {
            case NormSpec s -> norm.plan(s);
            case ConvSpec s -> vendor == null ? conv.plan(s) : bare("cudnn", conv.plan(s));
            case DepthwiseSpec s -> depthwise.plan(s);
            case GemmSpec s -> vendor == null ? gemm.plan(s) : bare("cublas", gemm.plan(s));
            case AttentionSpec s -> attention.plan(s);
        };
    }

    /** Whether a library takes a call is seen when its operands are; the workspace is for ours, should it not. */
    private static Plan bare(String algorithm, Plan ours) {
        return new Plan(algorithm, ours.workspaceBytes(), ours.flops(), ours.bytes(), Set.of());
    }

    @Override
    public void conv(ConvSpec s, Prologue p, Buf x, Buf w, Epilogue e, Buf y, Buf workspace) {
        contract.conv(s, p, x, w, e, y);
        contract.workspace(conv.plan(s), workspace);
        if (vendor != null && vendor.conv(s, x, w, e, y, context::scratch)) {
            context.count("cudnn_" + s.mode().name().toLowerCase(Locale.ROOT));
        } else {
            conv.conv(s, x, w, e, y, workspace);
        }
    }

    @Override
    public void depthwise(DepthwiseSpec s, Buf x, Buf w, Epilogue e, Buf y, Buf workspace) {
        contract.depthwise(s, x, w, e, y);
        contract.workspace(depthwise.plan(s), workspace);
        depthwise.depthwise(s, x, w, e, y, workspace);
    }

    @Override
    public void gemm(GemmSpec s, Buf a, Buf b, Epilogue e, Buf c, Buf workspace) {
        contract.gemm(s, a, b, e, c);
        contract.workspace(gemm.plan(s), workspace);
        if (vendor != null && vendor.gemm(s, a, b, e, c)) {
            context.count("cublas_gemm");
        } else {
            gemm.gemm(s, a, b, e, c, workspace);
        }
    }

    @Override
    public void attention(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp) {
        contract.attention(s, in, mask, out, logSumExp);
        attention.attention(s, in, mask, out, logSumExp);
    }

    @Override
    public void attentionBackward(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp, Buf outGradient,
                                  Qkv gradients) {
        contract.attentionBackward(s, in, mask, out, logSumExp, outGradient, gradients);
        attention.attentionBackward(s, in, mask, out, logSumExp, outGradient, gradients);
    }

    @Override
    public void normStats(NormSpec s, Buf x, Buf mean, Buf rstd) {
        contract.normStats(s, x, mean, rstd);
        norm.normStats(s, x, mean, rstd);
    }

    @Override
    public void norm(NormSpec s, Prologue p, Buf x, Buf y) {
        contract.norm(s, p, x, y);
        norm.norm(s, p, x, y);
    }

    @Override
    public void normBackward(NormSpec s, Prologue p, Buf x, Buf dy, Buf dx, double dxBeta,
                             Buf dGamma, Buf dBeta, Buf dScale, Buf dShift) {
        contract.normBackward(s, p, x, dy, dx, dGamma, dBeta, dScale, dShift);
        norm.normBackward(s, p, x, dy, dx, dxBeta, dGamma, dBeta, dScale, dShift);
    }

    @Override
    public void map(MapOp f, Buf out, Buf... in) {
        contract.map(f, out, in);
        map.map(f, out, in);
    }

    @Override
    public void reduce(ReduceOp f, int[] axes, Buf in, Buf out) {
        contract.reduce(axes, in, out);
        reduce.reduce(f, axes, in, out);
    }

    @Override
    public void softmax(boolean log, Buf x, Buf y) {
        contract.sameShape(x, y);
        softmax.softmax(log, x, y);
    }

    @Override
    public void softmaxBackward(boolean log, Buf y, Buf dy, Buf dx) {
        contract.sameShape(y, dy, dx);
        softmax.softmaxBackward(log, y, dy, dx);
    }

    @Override
    public void gather(Buf table, Buf index, Buf out) {
        contract.gather(table, index, out);
        indexed.gather(table, index, out);
    }

    @Override
    public void scatterAdd(Buf index, Buf rows, Buf table) {
        contract.gather(table, index, rows);
        indexed.scatterAdd(index, rows, table);
    }

    @Override
    public void oneHot(Buf index, Buf out) {
        contract.oneHot(index, out);
        indexed.oneHot(index, out);
    }

    @Override
    public void resample(Resample r, Buf x, Buf y, double alpha, double beta) {
        contract.resample(r, x, y);
        resampler.resample(r, x, y, alpha, beta);
    }

    @Override
    public void copy(CopySpec s, Buf src, Buf dst) {
        contract.copy(s, src, dst);
        copy.copy(s, src, dst);
    }

    @Override
    public void fill(Buf out, double value) {
        map.fill(out, value);
    }

    @Override
    public void random(RandomSpec s, Buf sampleIndex, Buf position, Buf out) {
        contract.random(sampleIndex, position, out);
        random.random(s, sampleIndex, position, out);
    }

    @Override
    public void adamw(AdamWSpec s, Buf hyper, Buf parameters, Buf gradients, Buf firstMoment, Buf secondMoment,
                      Buf[] emas) {
        contract.adamw(hyper, parameters, gradients, firstMoment, secondMoment, emas);
        optimizer.adamw(s, hyper, parameters, gradients, firstMoment, secondMoment, emas);
    }
}
