package anneal.kernel.cpu;

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

/** The door of the cpu device: checks a call, for addresses are raw from here on, and hands it to its family. */
final class CpuKernels implements Kernels {
    private final Contract contract = new Contract(DType.F32);
    private final CpuConv conv;
    private final CpuDepthwise depthwise;
    private final CpuGemm gemm;
    private final CpuAttention attention;
    private final MapKernel map;
    private final ReduceKernel reduce;
    private final CopyKernel copy;
    private final NormKernel norm;
    private final Resampler resampler;
    private final SoftmaxKernel softmax;
    private final IndexKernel indexed;
    private final RandomKernel random;
    private final OptimizerKernel optimizer;
    private final CpuContext cpu;
    private final SelfCheck check;

    CpuKernels(CpuContext cpu) {
        this(cpu, SelfCheck.of(cpu.lanes()));
    }

    CpuKernels(CpuContext cpu, SelfCheck check) {
        conv = new CpuConv(cpu);
        depthwise = new CpuDepthwise(cpu);
        gemm = new CpuGemm(cpu);
        attention = new CpuAttention(cpu);
        map = new MapKernel(cpu);
        reduce = new ReduceKernel(cpu);
        copy = new CopyKernel(cpu);
        norm = new NormKernel(cpu);
        resampler = new Resampler(cpu);
        softmax = new SoftmaxKernel(cpu);
        indexed = new IndexKernel(cpu);
        random = new RandomKernel(cpu);
        optimizer = new OptimizerKernel(cpu);
        this.cpu = cpu;
        this.check = check;
    }

    @Override
    public Plan plan(Spec spec) {
        return switch (spec) {
            case NormSpec s -> {
                double elements = (double) s.n() * s.h() * s.w() * s.channels();
                yield new Plan("vectors over channels", 0, 8 * elements, 2 * elements * Float.BYTES, Plan.ALL);
            }
            case ConvSpec s -> conv.plan(s);
            case DepthwiseSpec s -> depthwise.plan(s);
            case GemmSpec s -> gemm.plan(s);
            case AttentionSpec s -> attention.plan(s);
        };
    }

    @Override
    public void conv(ConvSpec s, Prologue p, Buf x, Buf w, Epilogue e, Buf y, Buf workspace) {
        contract.conv(s, p, x, w, e, y);
        Plan plan = conv.plan(s);
        contract.workspace(plan, workspace);
        long begin = check.begin();
        conv.run(s, p, x, w, e, y, workspace);
        check.flops(family(s), plan.algorithm(), begin, s.flops(), Math.min(s.inC(), s.outC()));
    }

    @Override
    public void depthwise(DepthwiseSpec s, Buf x, Buf w, Epilogue e, Buf y, Buf workspace) {
        contract.depthwise(s, x, w, e, y);
        contract.workspace(depthwise.plan(s), workspace);
        long begin = check.begin();
        depthwise.run(s, x, w, e, y, workspace);
        check.flops("depthwise convolution", "", begin, s.flops(), s.channels());
    }

    @Override
    public void gemm(GemmSpec s, Buf a, Buf b, Epilogue e, Buf c, Buf workspace) {
        contract.gemm(s, a, b, e, c);
        contract.workspace(gemm.plan(s), workspace);
        long begin = check.begin();
        gemm.run(s, a, b, e, c, workspace);
        check.flops("matrix product", "", begin, s.flops(), Math.min(s.k(), Math.min(s.m(), s.n())));
    }

    @Override
    public void attention(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp) {
        contract.attention(s, in, mask, out, logSumExp);
        long begin = check.begin();
        attention.forward(s, in, mask, out, logSumExp);
        check.flops("attention", "", begin, s.flops(), smallest(s));
    }

    @Override
    public void attentionBackward(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp, Buf outGradient,
                                  Qkv gradients) {
        contract.attentionBackward(s, in, mask, out, logSumExp, outGradient, gradients);
        long begin = check.begin();
        attention.backward(s, in, mask, out, logSumExp, outGradient, gradients);
        check.flops("attention's gradient", "", begin, 2 * s.flops(), smallest(s));
    }

    @Override
    public void normStats(NormSpec s, Buf x, Buf mean, Buf rstd) {
        contract.normStats(s, x, mean, rstd);
        norm.stats(s, x, mean, rstd);
    }

    @Override
    public void norm(NormSpec s, Prologue p, Buf x, Buf y) {
        contract.given(p);
        contract.norm(s, p, x, y);
        long begin = check.begin();
        norm.norm(s, p, x, y);
        check.bytes("normalisation", begin, plan(s).bytes(), s.channels());
    }

    @Override
    public void normBackward(NormSpec s, Prologue p, Buf x, Buf dy, Buf dx, double dxBeta,
                             Buf dGamma, Buf dBeta, Buf dScale, Buf dShift) {
        contract.normBackward(s, p, x, dy, dx, dGamma, dBeta, dScale, dShift);
        long begin = check.begin();
        new NormGradient(cpu, s, p, x, dy).run(dx, dxBeta, dGamma, dBeta, dScale, dShift);
        check.bytes("normalisation's gradient", begin, plan(s).bytes(), s.channels());
    }

    private static String family(ConvSpec s) {
        return switch (s.mode()) {
            case FORWARD -> "convolution";
            case DATA_GRADIENT -> "convolution's data gradient";
            case WEIGHT_GRADIENT -> "convolution's weight gradient";
        };
    }

    private static int smallest(AttentionSpec s) {
        return Math.min(s.headDim(), Math.min(s.lengthQ(), s.lengthK()));
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
        softmax.forward(log, x, y);
    }

    @Override
    public void softmaxBackward(boolean log, Buf y, Buf dy, Buf dx) {
        contract.sameShape(y, dy, dx);
        softmax.backward(log, y, dy, dx);
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
        contract.writable(out);
        copy.fill(out, value);
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
