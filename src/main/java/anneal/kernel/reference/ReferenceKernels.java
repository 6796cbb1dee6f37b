package anneal.kernel.reference;

import anneal.kernel.AdamWSpec;
import anneal.kernel.AttentionSpec;
import anneal.kernel.Buf;
import anneal.kernel.Contract;
import anneal.kernel.ConvSpec;
import anneal.kernel.CopySpec;
import anneal.kernel.DType;
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
import java.util.Arrays;
import java.util.Set;

/** The door of the reference device: checks a call, then hands it to its family. Nothing is fused. */
final class ReferenceKernels implements Kernels {
    private final Contract contract = new Contract(DType.F64);

    @Override
    public Plan plan(Spec spec) {
        return switch (spec) {
            case ConvSpec s -> plan(s.flops(), s.elements());
            case DepthwiseSpec s -> plan(s.flops(), s.elements());
            case GemmSpec s -> plan(s.flops(),
                    s.batch() * ((double) s.m() * s.k() + (double) s.k() * s.n() + (double) s.m() * s.n()));
            case AttentionSpec s -> plan(s.flops(),
                    2.0 * s.n() * s.heads() * s.headDim() * (s.lengthQ() + s.lengthK()));
            case NormSpec s -> plan(8.0 * s.n() * s.h() * s.w() * s.channels(),
                    2.0 * s.n() * s.h() * s.w() * s.channels());
        };
    }

    private static Plan plan(double flops, double elements) {
        return new Plan("loops", 0, flops, elements * DType.F64.bytes(), Set.of());
    }

    @Override
    public void conv(ConvSpec s, Prologue p, Buf x, Buf w, Epilogue e, Buf y, Buf workspace) {
        contract.conv(s, p, x, w, e, y);
        if (!p.isIdentity()) {
            throw new IllegalArgumentException("the reference device fuses no prologue: call through Lowering");
        }
        ReferenceConv.run(s, x, w, e, y);
    }

    @Override
    public void depthwise(DepthwiseSpec s, Buf x, Buf w, Epilogue e, Buf y, Buf workspace) {
        contract.depthwise(s, x, w, e, y);
        ReferenceDepthwise.run(s, x, w, e, y);
    }

    @Override
    public void gemm(GemmSpec s, Buf a, Buf b, Epilogue e, Buf c, Buf workspace) {
        contract.gemm(s, a, b, e, c);
        ReferenceGemm.run(s, a, b, e, c);
    }

    @Override
    public void attention(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp) {
        contract.attention(s, in, mask, out, logSumExp);
        ReferenceAttention.forward(s, in, mask, out, logSumExp);
    }

    @Override
    public void attentionBackward(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp, Buf outGradient,
                                  Qkv gradients) {
        contract.attentionBackward(s, in, mask, out, logSumExp, outGradient, gradients);
        ReferenceAttention.backward(s, in, mask, out, logSumExp, outGradient, gradients);
    }

    @Override
    public void normStats(NormSpec s, Buf x, Buf mean, Buf rstd) {
        contract.normStats(s, x, mean, rstd);
        ReferenceNorm.stats(s, x, mean, rstd);
    }

    @Override
    public void norm(NormSpec s, Prologue p, Buf x, Buf y) {
        contract.given(p);
        contract.norm(s, p, x, y);
        if (p.resample() != Resample.NONE) {
            throw new IllegalArgumentException("the reference device fuses no resample: call through Lowering");
        }
        ReferenceNorm.forward(s, p, x, y);
    }

    @Override
    public void normBackward(NormSpec s, Prologue p, Buf x, Buf dy, Buf dx, double dxBeta,
                             Buf dGamma, Buf dBeta, Buf dScale, Buf dShift) {
        contract.normBackward(s, p, x, dy, dx, dGamma, dBeta, dScale, dShift);
        ReferenceNorm.backward(s, p, x, dy, dx, dxBeta, dGamma, dBeta, dScale, dShift);
    }

    @Override
    public void map(MapOp f, Buf out, Buf... in) {
        contract.map(f, out, in);
        ReferencePointwise.map(f, out, in);
    }

    @Override
    public void reduce(ReduceOp f, int[] axes, Buf in, Buf out) {
        contract.reduce(axes, in, out);
        ReferenceReduce.run(f, in, out);
    }

    @Override
    public void softmax(boolean log, Buf x, Buf y) {
        contract.sameShape(x, y);
        ReferenceSoftmax.forward(log, x, y);
    }

    @Override
    public void softmaxBackward(boolean log, Buf y, Buf dy, Buf dx) {
        contract.sameShape(y, dy, dx);
        ReferenceSoftmax.backward(log, y, dy, dx);
    }

    @Override
    public void gather(Buf table, Buf index, Buf out) {
        contract.gather(table, index, out);
        ReferenceIndexed.gather(table, index, out);
    }

    @Override
    public void scatterAdd(Buf index, Buf rows, Buf table) {
        contract.gather(table, index, rows);
        ReferenceIndexed.scatterAdd(index, rows, table);
    }

    @Override
    public void oneHot(Buf index, Buf out) {
        contract.oneHot(index, out);
        ReferenceIndexed.oneHot(index, out);
    }

    @Override
    public void resample(Resample r, Buf x, Buf y, double alpha, double beta) {
        contract.resample(r, x, y);
        ReferenceResample.run(r, x, y, alpha, beta);
    }

    @Override
    public void copy(CopySpec s, Buf src, Buf dst) {
        contract.copy(s, src, dst);
        ReferenceIndexed.copy(s, src, dst);
    }

    @Override
    public void fill(Buf out, double value) {
        var values = new double[Math.toIntExact(out.shape().size())];
        Arrays.fill(values, value);
        Values.write(values, out);
    }

    @Override
    public void random(RandomSpec s, Buf sampleIndex, Buf position, Buf out) {
        contract.random(sampleIndex, position, out);
        ReferenceRandom.run(s, sampleIndex, position, out);
    }

    @Override
    public void adamw(AdamWSpec s, Buf hyper, Buf parameters, Buf gradients, Buf firstMoment, Buf secondMoment,
                      Buf[] emas) {
        contract.adamw(hyper, parameters, gradients, firstMoment, secondMoment, emas);
        ReferenceOptimizer.adamw(s, hyper, parameters, gradients, firstMoment, secondMoment, emas);
    }
}
