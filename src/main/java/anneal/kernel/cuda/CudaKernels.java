package anneal.kernel.cuda;

import anneal.kernel.AdamWSpec;
import anneal.kernel.AttentionSpec;
import anneal.kernel.Buf;
import anneal.kernel.Contract;
import anneal.kernel.ConvSpec;
import anneal.kernel.CopySpec;
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

/** The door of the CUDA devices: checks a call, for addresses are raw from here on, and hands it to its family. */
final class CudaKernels implements Kernels {
    private final Contract contract;
    private final CudaMap map;

    CudaKernels(CudaContext cuda) {
        contract = new Contract(cuda.floatType());
        map = new CudaMap(cuda);
    }

    @Override
    public Plan plan(Spec spec) {
        switch (spec) {
            case NormSpec s -> throw missing("norm");
            case ConvSpec s -> throw missing("conv");
            case GemmSpec s -> throw missing("gemm");
            case AttentionSpec s -> throw missing("attention");
        }
    }

    @Override
    public void conv(ConvSpec s, Prologue p, Buf x, Buf w, Epilogue e, Buf y, Buf workspace) {
        contract.conv(s, p, x, w, e, y);
        throw missing("conv");
    }

    @Override
    public void gemm(GemmSpec s, Buf a, Buf b, Epilogue e, Buf c, Buf workspace) {
        contract.gemm(s, a, b, e, c);
        throw missing("gemm");
    }

    @Override
    public void attention(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp) {
        contract.attention(s, in, mask, out, logSumExp);
        throw missing("attention");
    }

    @Override
    public void attentionBackward(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp, Buf outGradient,
                                  Qkv gradients) {
        contract.attentionBackward(s, in, mask, out, logSumExp, outGradient, gradients);
        throw missing("attention");
    }

    @Override
    public void normStats(NormSpec s, Buf x, Buf mean, Buf rstd) {
        contract.normStats(s, x, mean, rstd);
        throw missing("norm");
    }

    @Override
    public void norm(NormSpec s, Prologue p, Buf x, Buf y) {
        contract.norm(s, p, x, y);
        throw missing("norm");
    }

    @Override
    public void normBackward(NormSpec s, Prologue p, Buf x, Buf dy, Buf dx, double dxBeta,
                             Buf dGamma, Buf dBeta, Buf dScale, Buf dShift) {
        contract.normBackward(s, p, x, dy, dx, dGamma, dBeta, dScale, dShift);
        throw missing("norm");
    }

    @Override
    public void map(MapOp f, Buf out, Buf... in) {
        contract.map(f, out, in);
        map.map(f, out, in);
    }

    @Override
    public void reduce(ReduceOp f, int[] axes, Buf in, Buf out) {
        contract.reduce(axes, in, out);
        throw missing("reduce");
    }

    @Override
    public void softmax(boolean log, Buf x, Buf y) {
        contract.sameShape(x, y);
        throw missing("softmax");
    }

    @Override
    public void softmaxBackward(boolean log, Buf y, Buf dy, Buf dx) {
        contract.sameShape(y, dy, dx);
        throw missing("softmax");
    }

    @Override
    public void gather(Buf table, Buf index, Buf out) {
        contract.gather(table, index, out);
        throw missing("indexed");
    }

    @Override
    public void scatterAdd(Buf index, Buf rows, Buf table) {
        contract.gather(table, index, rows);
        throw missing("indexed");
    }

    @Override
    public void oneHot(Buf index, Buf out) {
        contract.oneHot(index, out);
        throw missing("indexed");
    }

    @Override
    public void resample(Resample r, Buf x, Buf y, double alpha, double beta) {
        contract.resample(r, x, y);
        throw missing("resampler");
    }

    @Override
    public void copy(CopySpec s, Buf src, Buf dst) {
        contract.copy(s, src, dst);
        throw missing("copy");
    }

    @Override
    public void fill(Buf out, double value) {
        map.fill(out, value);
    }

    @Override
    public void random(RandomSpec s, Buf sampleIndex, Buf position, Buf out) {
        contract.random(sampleIndex, position, out);
        throw missing("random");
    }

    @Override
    public void adamw(AdamWSpec s, Buf hyper, Buf parameters, Buf gradients, Buf firstMoment, Buf secondMoment,
                      Buf[] emas, double[] emaRates) {
        contract.adamw(hyper, parameters, gradients, firstMoment, secondMoment, emas, emaRates);
        throw missing("optimizer");
    }

    private static UnsupportedOperationException missing(String family) {
        return new UnsupportedOperationException("the CUDA devices have no " + family + " kernels yet");
    }
}
