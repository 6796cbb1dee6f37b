package anneal.tensor;

import anneal.kernel.Activation;
import anneal.kernel.MapOp.Fn;
import anneal.kernel.Resample;
import anneal.kernel.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Every differentiable operation, with odd shapes and every option: what the gradient and device checks run through. */
final class OpCases {
    /**
     * @param op     the operation that it exercises
     * @param inputs differentiable inputs
     * @param range  inputs are drawn uniformly from low..high
     */
    record Case(String name, Class<? extends Op> op, double low, double high, List<Shape> inputs,
                Function<Tensor[], Tensor> f) {
        @Override
        public String toString() {
            return name;
        }
    }

    private final List<Case> cases = new ArrayList<>();

    static List<Case> all() {
        OpCases c = new OpCases();
        c.pointwise();
        c.arithmetic();
        c.reductions();
        c.shapes();
        c.products();
        c.norms();
        c.convolutions();
        c.attentions();
        c.others();
        return c.cases;
    }

    private void add(String name, Class<? extends Op> op, Function<Tensor[], Tensor> f, Shape... inputs) {
        cases.add(new Case(name, op, -2, 2, List.of(inputs), f));
    }

    private void addIn(double low, double high, String name, Class<? extends Op> op, Function<Tensor[], Tensor> f,
                       Shape... inputs) {
        cases.add(new Case(name, op, low, high, List.of(inputs), f));
    }

    private static Shape s(int... dims) {
        return Shape.of(dims);
    }

    private void pointwise() {
        for (Fn fn : List.of(Fn.SQUARE, Fn.EXP, Fn.TANH, Fn.SIGMOID, Fn.SILU, Fn.GELU_ERF, Fn.GELU_TANH, Fn.GELU_QUICK,
                Fn.NORMAL_CDF, Fn.SIN, Fn.COS)) {
            add(fn.name(), Unary.class, x -> Unary.of(fn, x[0]), s(3, 5, 7));
        }
        for (Fn fn : List.of(Fn.LOG, Fn.SQRT, Fn.ABS, Fn.RELU)) {
            addIn(0.3, 3, fn.name(), Unary.class, x -> Unary.of(fn, x[0]), s(4, 9));
            addIn(0.3, 3, fn + " pitched", Unary.class, x -> Unary.of(fn, x[0].columns(2, 5)), s(4, 9));
        }
        addIn(-3, -0.3, "ABS below zero", Unary.class, x -> x[0].abs(), s(11));
        addIn(-3, -0.3, "RELU below zero", Unary.class, x -> x[0].relu(), s(11));
        addIn(0.3, 3, "POW 1.7", Unary.class, x -> x[0].pow(1.7), s(3, 4));
        add("POW 3", Unary.class, x -> x[0].pow(3), s(3, 4));
        add("AFFINE", Unary.class, x -> x[0].affine(1.5, -0.25), s(3, 1, 2));
        addIn(0.2, 0.9, "CLAMP inside", Unary.class, x -> x[0].clamp(0.1, 1), s(13));
        addIn(1.2, 2, "CLAMP outside", Unary.class, x -> x[0].clamp(-1, 1).add(x[0].square()), s(13));
    }

    private void arithmetic() {
        for (Fn fn : List.of(Fn.ADD, Fn.SUB, Fn.MUL, Fn.DIV)) {
            addIn(0.5, 2, fn + " same", Binary.class, x -> Binary.of(fn, x[0], x[1]), s(3, 5), s(3, 5));
            addIn(0.5, 2, fn + " row", Binary.class, x -> Binary.of(fn, x[0], x[1]), s(2, 3, 5), s(5));
            addIn(0.5, 2, fn + " column", Binary.class, x -> Binary.of(fn, x[0], x[1]), s(3, 1), s(2, 3, 5));
            addIn(0.5, 2, fn + " both", Binary.class, x -> Binary.of(fn, x[0], x[1]), s(2, 1, 5), s(3, 1));
            addIn(0.5, 2, fn + " scalar", Binary.class, x -> Binary.of(fn, x[0], x[1]), s(4, 3), s());
        }
        add("MUL with itself", Binary.class, x -> x[0].mul(x[0]).add(x[0]), s(7));
        add("where", Select.class, x -> Select.where(x[0].detach().less(0.3), x[0].square(), x[1].mul(3)), s(4, 5), s(5));
    }

    private void reductions() {
        add("sum all", Reduction.class, x -> x[0].sum(), s(3, 4, 5));
        add("sum middle", Reduction.class, x -> x[0].sum(false, 1), s(3, 4, 5));
        add("sum ends", Reduction.class, x -> x[0].sum(true, 0, 2), s(3, 4, 5));
        add("mean per sample", Reduction.class, x -> x[0].square().meanPerSample(), s(3, 2, 2, 5));
        add("var", Reduction.class, x -> x[0].var(false, 1, -1), s(3, 7));
        add("var keep", Reduction.class, x -> x[0].var(true, 0, 0, 1), s(3, 7, 2));
    }

    private void shapes() {
        add("reshape", Reshape.class, x -> x[0].reshape(4, -1).square(), s(2, 6, 3));
        add("reshape of columns", Reshape.class, x -> x[0].columns(1, 4).reshape(-1).square(), s(3, 6));
        add("permute", Permute.class, x -> x[0].permute(2, 0, 3, 1).square(), s(2, 3, 4, 5));
        add("transpose of columns", Permute.class, x -> x[0].columns(1, 3).transpose().square(), s(3, 5));
        add("slice", Slice.class, x -> Slice.slice(x[0], 1, 1, 6, 2).square(), s(2, 7, 3));
        add("flip", Slice.class, x -> Slice.flip(x[0], -1).mul(x[0]), s(2, 7));
        add("columns", Columns.class, x -> x[0].columns(2, 5).mul(x[0].columns(0, 3)), s(2, 3, 6));
        add("pad", Pad.class, x -> Pad.pad(x[0].square(), 1, 2, 1), s(2, 3, 2));
        add("concat last", Concat.class, x -> Concat.concat(-1, x[0], x[1].square(), x[0]), s(2, 3, 4), s(2, 3, 1));
        add("concat first", Concat.class, x -> Concat.concat(0, x[0], x[1].square()), s(2, 3), s(1, 3));
        add("upsample", Resampling.class, x -> Resampling.upsampleNearest(x[0]).square(), s(2, 3, 5, 2));
        add("average pool", Resampling.class, x -> Resampling.averagePool(x[0]).square(), s(2, 4, 6, 3));
        add("average pool odd", Resampling.class, x -> Resampling.averagePool(x[0]).square(), s(1, 5, 7, 3));
        for (Resize.Method m : Resize.Method.values()) {
            add("resize " + m, MatMul.class, x -> Resize.resize(x[0], 4, 9, m, false).square(), s(2, 7, 5, 3));
        }
        add("resize antialiased", MatMul.class, x -> Resize.resize(x[0], 3, 4, Resize.Method.BICUBIC, true), s(1, 7, 9, 2));
    }

    private void products() {
        add("linear", Linear.class, x -> Linear.linear(x[0], x[1], x[2]), s(2, 5, 7), s(3, 7), s(3));
        add("linear with residual", Linear.class, x -> Linear.linear(x[0], x[1], null, x[2]), s(5, 7), s(3, 7), s(5, 3));
        add("linear of columns", Linear.class, x -> Linear.linear(x[0].columns(2, 9), x[1], null), s(5, 11), s(3, 7));
        for (int i = 0; i < 4; i++) {
            boolean ta = (i & 1) != 0;
            boolean tb = (i & 2) != 0;
            add("matmul " + ta + " " + tb, MatMul.class, x -> MatMul.matmul(x[0], x[1], ta, tb),
                    ta ? s(2, 5, 3) : s(2, 3, 5), tb ? s(2, 4, 5) : s(2, 5, 4));
        }
        add("matmul broadcast", MatMul.class, x -> MatMul.matmul(x[0], x[1]), s(2, 1, 3, 5), s(3, 5, 4));
        add("matmul one left", MatMul.class, x -> MatMul.matmul(x[0], x[1]), s(3, 5), s(4, 5, 2));
    }

    private void norms() {
        NormOptions all = new NormOptions(3, 1e-5, Activation.SILU, Resample.UP);
        add("group norm", GroupNorm.class, x -> GroupNorm.groupNorm(x[0], 3, 1e-5, x[1], x[2]), s(2, 3, 5, 6), s(6), s(6));
        add("group norm bare", GroupNorm.class, x -> GroupNorm.groupNorm(x[0], 2, 1e-5, null, null), s(2, 3, 1, 4));
        add("AdaGN SiLU up", GroupNorm.class, x -> GroupNorm.groupNorm(x[0], all, x[1], x[2], x[3]),
                s(2, 3, 5, 6), s(6), s(6), s(2, 12));
        add("AdaGN SiLU down", GroupNorm.class, x -> GroupNorm.groupNorm(x[0],
                new NormOptions(1, 1e-5, Activation.SILU, Resample.DOWN), null, null, x[1]), s(2, 4, 6, 3), s(2, 6));
        add("group norm of columns", GroupNorm.class,
                x -> GroupNorm.groupNorm(x[0].columns(1, 5), 2, 1e-5, x[1], null), s(2, 3, 2, 6), s(4));
        add("layer norm", GroupNorm.class, x -> GroupNorm.layerNorm(x[0], 1e-5, x[1], x[2]), s(3, 2, 7), s(7), s(7));
    }

    private void convolutions() {
        add("conv 3x3", Conv2d.class, x -> Conv2d.conv2d(x[0], x[1], x[2], 1, 1), s(2, 5, 3, 4), s(3, 3, 3, 4), s(3));
        add("conv 3x3 stride 2", Conv2d.class, x -> Conv2d.conv2d(x[0], x[1], null, 2, 1), s(1, 5, 6, 2), s(3, 3, 3, 2));
        add("conv 1x1", Conv2d.class, x -> Conv2d.conv2d(x[0], x[1], x[2], 1, 0), s(2, 3, 3, 5), s(2, 1, 1, 5), s(2));
        add("conv 4x2 stride 2 valid", Conv2d.class, x -> Conv2d.conv2d(x[0], x[1], x[2], 2, 0),
                s(1, 7, 6, 3), s(2, 4, 2, 3), s(2));
        add("conv with residual", Conv2d.class, x -> Conv2d.conv2d(x[0], x[1], x[2], 1, 1, x[3]),
                s(2, 3, 3, 2), s(5, 3, 3, 2), s(5), s(2, 3, 3, 5));
        add("depthwise conv 7x7", DepthwiseConv2d.class,
                x -> DepthwiseConv2d.depthwiseConv2d(x[0], x[1], x[2], 3, x[3]), s(2, 5, 4, 3), s(7, 7, 3), s(3), s(2, 3));
        add("depthwise conv 2x3 valid", DepthwiseConv2d.class,
                x -> DepthwiseConv2d.depthwiseConv2d(x[0], x[1], null, 0, null), s(1, 4, 5, 2), s(2, 3, 2));
        add("transposed conv 4x4 stride 2", ConvTranspose2d.class,
                x -> ConvTranspose2d.convTranspose2d(x[0], x[1], x[2], 2, 1), s(2, 3, 2, 3), s(3, 4, 4, 2), s(2));
        add("transposed conv 3x2", ConvTranspose2d.class,
                x -> ConvTranspose2d.convTranspose2d(x[0], x[1], null, 1, 0), s(1, 3, 4, 2), s(2, 3, 2, 3));
        for (Resample r : Resample.values()) {
            NormOptions n = new NormOptions(2, 1e-5, Activation.SILU, r);
            add("norm conv " + r, Conv2d.class,
                    x -> Conv2d.normConv2d(x[0], n, x[1], x[2], x[3], x[4], x[5], 1, x[6], x[7]),
                    s(2, 4, 2, 4), s(4), s(4), s(2, 8), s(3, 3, 3, 4), s(3), s(2, 3),
                    s(2, r.apply(4), r.apply(2), 3));
        }
    }

    private void attentions() {
        for (Attention.Packing p : List.of(Attention.Packing.HEAD_MAJOR, Attention.Packing.QKV_MAJOR)) {
            add("self-attention " + p, Attention.class, x -> Attention.selfAttention(x[0], 2, p), s(2, 5, 18));
        }
        add("cross-attention", Attention.class, x -> Attention.attention(x[0], x[1], x[2], 2, false, null),
                s(2, 3, 8), s(2, 5, 8), s(2, 5, 8));
        add("causal attention", Attention.class, x -> Attention.attention(x[0], x[1], x[2], 1, true, null),
                s(1, 5, 3), s(1, 5, 3), s(1, 5, 3));
        add("masked attention", Attention.class, x -> Attention.attention(x[0], x[1], x[2], 2, false,
                x[0].device().of(new float[] {1, 0, 1, 0, 1, 1}, 2, 3)), s(2, 4, 6), s(2, 3, 6), s(2, 3, 6));
    }

    private void others() {
        add("linear attention", LinearAttention.class,
                x -> LinearAttention.linearAttention(x[0], 2).square(), s(2, 5, 18));
        add("linear attention of columns", LinearAttention.class,
                x -> LinearAttention.linearAttention(x[0].columns(1, 7), 1), s(1, 4, 9));
        add("cast", Cast.class, x -> Cast.cast(x[0].columns(1, 4).square(), x[0].dtype()).square(), s(2, 3, 5));
        add("softmax", Softmax.class, x -> x[0].softmax().square(), s(3, 7));
        add("log softmax", Softmax.class, x -> x[0].logSoftmax(), s(2, 3, 5));
        add("cross entropy", Softmax.class,
                x -> Softmax.crossEntropy(x[0], x[0].device().ofInts(new int[] {2, 0, 4}, 3)), s(3, 5));
        add("embedding", Embedding.class,
                x -> Embedding.embedding(x[0], x[0].device().ofInts(new int[] {2, 0, 2, 3}, 4)).square(), s(5, 3));
        add("dropout", Dropout.class, x -> Dropout.dropout(x[0], 0.4, 5, 3, x[0].device().ofInts(new int[] {7, 9}, 2),
                x[0].device().ofInts(new int[] {11}, 1)).square(), s(2, 3, 5));
        add("checkpoint", Checkpoint.class, x -> Checkpoint.checkpoint(
                in -> Linear.linear(in[0].silu(), x[1], null), List.of(x[1]), x[0]).square(), s(3, 4), s(2, 4));
    }
}
