package anneal.kernel.profile;

import anneal.kernel.AdamWSpec;
import anneal.kernel.AttentionSpec;
import anneal.kernel.Buf;
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
import java.util.Arrays;
import java.util.stream.Stream;

/** Kernels that time every call of others, waiting for each, and note its operations and bytes in a {@link Profile}. */
final class TimedKernels implements Kernels {
    /** Multiplications and additions of attention's backward pass for each of its forward pass. */
    private static final double ATTENTION_BACKWARD = 2.5;

    private final Kernels kernels;
    private final Runnable synchronize;
    private final Profile profile;

    TimedKernels(Kernels kernels, Runnable synchronize, Profile profile) {
        this.kernels = kernels;
        this.synchronize = synchronize;
        this.profile = profile;
    }

    private void time(String family, Object shape, double flops, double bytes, Runnable call) {
        long begin = System.nanoTime();
        call.run();
        synchronize.run();
        profile.add(family, shape, System.nanoTime() - begin, flops, bytes);
    }

    private static double bytes(Buf... bufs) {
        return Stream.of(bufs).filter(b -> b != null).mapToDouble(b -> (double) b.shape().size() * b.type().bytes()).sum();
    }

    @Override
    public Plan plan(Spec spec) {
        return kernels.plan(spec);
    }

    @Override
    public void conv(ConvSpec s, Prologue p, Buf x, Buf w, Epilogue e, Buf y, Buf workspace) {
        String shape = "%dx%d/%d %dx%dx%d %d->%d%s".formatted(s.kH(), s.kW(), s.stride(), s.n(), s.inH(), s.inW(),
                s.inC(), s.outC(), p.isIdentity() ? "" : " +norm");
        time("conv " + name(s.mode()), shape, s.flops(), bytes(x, w, y, e.residual()),
                () -> kernels.conv(s, p, x, w, e, y, workspace));
    }

    private static String name(ConvSpec.Mode mode) {
        return switch (mode) {
            case FORWARD -> "forward";
            case DATA_GRADIENT -> "data gradient";
            case WEIGHT_GRADIENT -> "weight gradient";
        };
    }

    @Override
    public void depthwise(DepthwiseSpec s, Buf x, Buf w, Epilogue e, Buf y, Buf workspace) {
        String shape = "%dx%d %dx%dx%dx%d".formatted(s.kH(), s.kW(), s.n(), s.h(), s.w(), s.channels());
        time("depthwise " + name(s.mode()), shape, s.flops(), bytes(x, w, y, e.residual()),
                () -> kernels.depthwise(s, x, w, e, y, workspace));
    }

    @Override
    public void gemm(GemmSpec s, Buf a, Buf b, Epilogue e, Buf c, Buf workspace) {
        String shape = "%d x %dx%dx%d %s%s".formatted(s.batch(), s.m(), s.n(), s.k(), s.transA() ? "T" : "N",
                s.transB() ? "T" : "N");
        time("gemm", shape, s.flops(), bytes(a, b, c, e.residual()), () -> kernels.gemm(s, a, b, e, c, workspace));
    }

    private static String name(AttentionSpec s) {
        return "%dx%d heads, %d by %d, d %d".formatted(s.n(), s.heads(), s.lengthQ(), s.lengthK(), s.headDim());
    }

    private static double bytes(AttentionSpec s) {
        return 8.0 * s.n() * s.heads() * s.headDim() * (s.lengthQ() + s.lengthK());
    }

    @Override
    public void attention(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp) {
        time("attention", name(s), s.flops(), bytes(s), () -> kernels.attention(s, in, mask, out, logSumExp));
    }

    @Override
    public void attentionBackward(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp, Buf outGradient,
                                  Qkv gradients) {
        time("attention backward", name(s), ATTENTION_BACKWARD * s.flops(), 2 * bytes(s),
                () -> kernels.attentionBackward(s, in, mask, out, logSumExp, outGradient, gradients));
    }

    private static String name(NormSpec s) {
        return "%dx%dx%dx%d".formatted(s.n(), s.h(), s.w(), s.channels());
    }

    @Override
    public void normStats(NormSpec s, Buf x, Buf mean, Buf rstd) {
        time("norm statistics", name(s), 0, bytes(x), () -> kernels.normStats(s, x, mean, rstd));
    }

    @Override
    public void norm(NormSpec s, Prologue p, Buf x, Buf y) {
        time("norm apply", name(s), 0, bytes(x, y), () -> kernels.norm(s, p, x, y));
    }

    @Override
    public void normBackward(NormSpec s, Prologue p, Buf x, Buf dy, Buf dx, double dxBeta,
                             Buf dGamma, Buf dBeta, Buf dScale, Buf dShift) {
        time("norm backward", name(s), 0, bytes(x, dy, dx),
                () -> kernels.normBackward(s, p, x, dy, dx, dxBeta, dGamma, dBeta, dScale, dShift));
    }

    @Override
    public void map(MapOp f, Buf out, Buf... in) {
        double bytes = bytes(out) + bytes(in);
        time("map", f.fn() + " " + out.shape(), 0, bytes, () -> kernels.map(f, out, in));
    }

    @Override
    public void reduce(ReduceOp f, int[] axes, Buf in, Buf out) {
        time("reduce", f.fn() + " " + in.shape() + " over " + Arrays.toString(axes), 0, bytes(in, out),
                () -> kernels.reduce(f, axes, in, out));
    }

    @Override
    public void softmax(boolean log, Buf x, Buf y) {
        time("softmax", x.shape(), 0, bytes(x, y), () -> kernels.softmax(log, x, y));
    }

    @Override
    public void softmaxBackward(boolean log, Buf y, Buf dy, Buf dx) {
        time("softmax backward", y.shape(), 0, bytes(y, dy, dx), () -> kernels.softmaxBackward(log, y, dy, dx));
    }

    @Override
    public void gather(Buf table, Buf index, Buf out) {
        time("gather", out.shape(), 0, 2 * bytes(out), () -> kernels.gather(table, index, out));
    }

    @Override
    public void scatterAdd(Buf index, Buf rows, Buf table) {
        time("scatter-add", rows.shape(), 0, 3 * bytes(rows), () -> kernels.scatterAdd(index, rows, table));
    }

    @Override
    public void oneHot(Buf index, Buf out) {
        time("one-hot", out.shape(), 0, bytes(out), () -> kernels.oneHot(index, out));
    }

    @Override
    public void resample(Resample r, Buf x, Buf y, double alpha, double beta) {
        time("resample", r + " " + x.shape(), 0, bytes(x, y), () -> kernels.resample(r, x, y, alpha, beta));
    }

    @Override
    public void copy(CopySpec s, Buf src, Buf dst) {
        double elements = Arrays.stream(s.dims()).asLongStream().reduce(1, (a, b) -> a * b);
        time("copy", Arrays.toString(s.dims()), 0, elements * (src.type().bytes() + dst.type().bytes()),
                () -> kernels.copy(s, src, dst));
    }

    @Override
    public void fill(Buf out, double value) {
        time("fill", out.shape(), 0, bytes(out), () -> kernels.fill(out, value));
    }

    @Override
    public void random(RandomSpec s, Buf sampleIndex, Buf position, Buf out) {
        time("random", s.kind() + " " + out.shape(), 0, bytes(out), () -> kernels.random(s, sampleIndex, position, out));
    }

    @Override
    public void adamw(AdamWSpec s, Buf hyper, Buf parameters, Buf gradients, Buf firstMoment, Buf secondMoment,
                      Buf[] emas) {
        // Everything but the gradients is read and written.
        double bytes = bytes(gradients) * (7 + 2 * emas.length);
        time("adamw", parameters.shape(), 0, bytes,
                () -> kernels.adamw(s, hyper, parameters, gradients, firstMoment, secondMoment, emas));
    }
}
