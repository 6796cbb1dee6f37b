package anneal.study.predict;

import anneal.kernel.AdamWSpec;
import anneal.kernel.Buf;
import anneal.kernel.ConvSpec.Mode;
import anneal.kernel.DType;
import anneal.kernel.DepthwiseSpec;
import anneal.kernel.Epilogue;
import anneal.kernel.Precision;
import anneal.kernel.RandomSpec;
import anneal.kernel.Resample;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Softmax, resampling, rows by index, random numbers, depthwise convolutions, and the optimiser. */
final class RowCalls {
    /** Parameters of the ADM UNet for 32x32 images with 64 channels (DESIGN section 4). */
    private static final int PARAMETERS = 11_100_000;

    private RowCalls() {
    }

    static List<KernelCall> all(Precision p) {
        int bytes = p.floatType().bytes();
        var calls = new ArrayList<KernelCall>();
        softmax(calls, p);
        // the UNet's own images have three channels, its features many
        resample(calls, p, new int[] {32, 16, 16, 256}, Resample.UP);
        resample(calls, p, new int[] {32, 32, 32, 3}, Resample.DOWN);
        int[] images = {32, 32, 32, 3};
        calls.add(new KernelCall("random numbers", "32x32x32x3, normal", p,
                Part.moving("random", bytes * 32.0 * 32 * 32 * 3), o -> {
            var samples = o.ints(IntStream.range(0, images[0]).toArray());
            var position = o.ints(0);
            var out = o.empty(p.floatType(), images);
            var s = new RandomSpec(RandomSpec.Kind.NORMAL, 7, 1);
            return () -> o.kernels().random(s, samples, position, out);
        }));
        for (var mode : List.of(Mode.FORWARD, Mode.WEIGHT_GRADIENT)) {
            depthwise(calls, p, new DepthwiseSpec(mode, 32, 32, 32, 64, 7, 7, 3));
        }
        return calls;
    }

    /** Those whose kernels take any type: rows by index, and the optimiser. */
    static List<KernelCall> ofAnyType(Precision p) {
        int rows = 256;
        int width = 512;
        int classes = 1000;
        double size = (double) rows * width * p.floatType().bytes();
        var calls = new ArrayList<KernelCall>();
        calls.add(new KernelCall("rows by index", "256 rows of [1000, 512]", p, Part.moving("gather", 2 * size), o -> {
            var table = o.of(classes, width);
            var index = index(o, rows, classes);
            var out = o.of(rows, width);
            return () -> o.kernels().gather(table, index, out);
        }));
        calls.add(new KernelCall("rows by index", "256 rows added to [1000, 512]", p,
                Part.moving("scatter_add", 3 * size), o -> {
            var table = o.of(classes, width);
            var index = index(o, rows, classes);
            var added = o.of(rows, width);
            return () -> o.kernels().scatterAdd(index, added, table);
        }));
        calls.add(new KernelCall("rows by index", "256 rows of 1000 classes", p,
                Part.moving("one_hot", (double) rows * classes * p.floatType().bytes()), o -> {
            var index = index(o, rows, classes);
            var out = o.of(rows, classes);
            return () -> o.kernels().oneHot(index, out);
        }));
        int moved = 7 * DType.F32.bytes() + 2 * DType.F32.bytes() + DType.BF16.bytes();
        calls.add(new KernelCall("optimiser", "11.1 M parameters, an average and the bfloat16 copy", p,
                Part.moving("adamw", (double) moved * PARAMETERS), RowCalls::adamw));
        return calls;
    }

    private static Runnable adamw(Operands o) {
        var hyper = o.doubles(DType.F32, 1e-4, 1, 1, 1e-4, 1);
        var parameters = o.filled(DType.F32, 1, PARAMETERS);
        var gradients = o.filled(DType.F32, 0.1, PARAMETERS);
        var first = o.filled(DType.F32, 0, PARAMETERS);
        var second = o.filled(DType.F32, 0, PARAMETERS);
        var copies = new Buf[] {o.filled(DType.F32, 1, PARAMETERS), o.filled(DType.BF16, 1, PARAMETERS)};
        var s = new AdamWSpec(0.9, 0.999, 1e-8, 0.01);
        return () -> o.kernels().adamw(s, hyper, parameters, gradients, first, second, copies);
    }

    private static Buf index(Operands o, int n, int limit) {
        return o.ints(IntStream.range(0, n).map(i -> (int) (i * 619L % limit)).toArray());
    }

    private static void softmax(List<KernelCall> calls, Precision p) {
        int[] dims = {8192, 256};
        double size = 8192.0 * 256 * p.floatType().bytes();
        calls.add(new KernelCall("softmax", "[8192, 256]", p, Part.moving("softmax", 2 * size), o -> {
            var x = o.of(dims);
            var y = o.of(dims);
            return () -> o.kernels().softmax(false, x, y);
        }));
        calls.add(new KernelCall("softmax", "[8192, 256], backward", p, Part.moving("softmax_gradient", 3 * size), o -> {
            var y = o.of(dims);
            var dy = o.of(dims);
            var dx = o.of(dims);
            return () -> o.kernels().softmaxBackward(false, y, dy, dx);
        }));
    }

    private static void resample(List<KernelCall> calls, Precision p, int[] in, Resample r) {
        int[] out = {in[0], r.apply(in[1]), r.apply(in[2]), in[3]};
        double elements = (double) in[0] * in[3] * (in[1] * in[2] + out[1] * out[2]);
        var what = "%dx%dx%dx%d to %dx%d".formatted(in[0], in[1], in[2], in[3], out[1], out[2]);
        calls.add(new KernelCall("resampling", what, p, Part.moving("resample", p.floatType().bytes() * elements), o -> {
            var x = o.of(in);
            var y = o.of(out);
            return () -> o.kernels().resample(r, x, y, 1, 0);
        }));
    }

    private static void depthwise(List<KernelCall> calls, Precision p, DepthwiseSpec s) {
        boolean forward = s.mode() == Mode.FORWARD;
        var part = new Part(forward ? "depthwise_windows" : "depthwise_weights", s.flops(),
                p.floatType().bytes() * s.elements());
        calls.add(new KernelCall("depthwise convolution", "%dx%dx%dx%d, 7x7, %s".formatted(s.n(), s.h(), s.w(),
                s.channels(), forward ? "forward" : "weight gradient"), p, part, o -> {
            var x = o.of(s.n(), s.h(), s.w(), s.channels());
            var w = o.of(s.kH(), s.kW(), s.channels());
            var y = o.of(s.n(), s.outH(), s.outW(), s.channels());
            var workspace = o.workspace(o.kernels().plan(s));
            return () -> o.kernels().depthwise(s, x, w, Epilogue.NONE, y, workspace);
        }));
    }
}
