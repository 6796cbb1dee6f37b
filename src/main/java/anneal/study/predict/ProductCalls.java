package anneal.study.predict;

import anneal.kernel.Buf;
import anneal.kernel.ConvSpec;
import anneal.kernel.ConvSpec.Mode;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import anneal.kernel.Precision;
import anneal.kernel.Prologue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Convolutions and matrix products, the forward pass's and both gradients'. */
final class ProductCalls {
    private ProductCalls() {
    }

    static List<KernelCall> all(Precision p) {
        var calls = new ArrayList<KernelCall>();
        for (var mode : Mode.values()) {
            // three channels at the UNet's door cannot be loaded in pieces of 16 bytes
            conv(calls, p, new ConvSpec(mode, 32, 32, 32, 3, 128, 3, 3, 1, 1));
            conv(calls, p, new ConvSpec(mode, 32, 32, 32, 128, 128, 3, 3, 1, 1));
            conv(calls, p, new ConvSpec(mode, 32, 8, 8, 512, 512, 3, 3, 1, 1));
            // sampling a few images: too few pixels for large tiles
            conv(calls, p, new ConvSpec(mode, 4, 8, 8, 256, 256, 3, 3, 1, 1));
        }
        // of attention's block at 16x16 the products before it, forward, and both gradients
        gemm(calls, p, GemmSpec.of(8192, 1536, 512, false, true));
        gemm(calls, p, GemmSpec.of(8192, 512, 1536, false, false));
        gemm(calls, p, GemmSpec.of(1536, 512, 8192, true, false));
        gemm(calls, p, GemmSpec.of(1536, 8192, 512, true, true));
        // of the time's embedding, a row an image
        gemm(calls, p, GemmSpec.of(32, 512, 512, false, true));
        gemm(calls, p, GemmSpec.of(32, 512, 512, false, false));
        gemm(calls, p, GemmSpec.of(512, 512, 32, true, false));
        gemm(calls, p, GemmSpec.of(512, 32, 512, true, true));
        // ten classes: rows that cannot be loaded in pieces of 16 bytes
        gemm(calls, p, GemmSpec.of(32, 10, 512, false, false));
        return calls;
    }

    private static String arithmetic(Precision p) {
        return switch (p) {
            case FP32 -> "fma";
            case TF32 -> "tf32";
            case BF16 -> "bf16";
        };
    }

    private static void conv(List<KernelCall> calls, Precision p, ConvSpec s) {
        var mode = s.mode().name().toLowerCase(Locale.ROOT);
        var what = "%dx%dx%dx%d to %d, %dx%d, %s".formatted(s.n(), s.inH(), s.inW(), s.inC(), s.outC(), s.kH(), s.kW(),
                mode.replace('_', ' '));
        var part = new Part("conv_" + mode.replace("_gradient", "") + "_" + arithmetic(p) + "_", s.flops(),
                p.floatType().bytes() * s.elements());
        calls.add(new KernelCall("convolution", what, p, part, o -> {
            var x = o.of(s.n(), s.inH(), s.inW(), s.inC());
            var w = o.of(s.outC(), s.kH(), s.kW(), s.inC());
            var y = o.of(s.n(), s.outH(), s.outW(), s.outC());
            var e = s.mode() == Mode.FORWARD ? Epilogue.bias(o.of(s.outC())) : Epilogue.NONE;
            var workspace = o.workspace(o.kernels().plan(s));
            return () -> o.kernels().conv(s, Prologue.NONE, x, w, e, y, workspace);
        }));
    }

    private static void gemm(List<KernelCall> calls, Precision p, GemmSpec s) {
        var what = "[%d, %d]%s x [%d, %d]%s".formatted(s.m(), s.k(), s.transA() ? " transposed" : "", s.k(), s.n(),
                s.transB() ? " transposed" : "");
        double elements = (double) s.m() * s.k() + (double) s.k() * s.n() + (double) s.m() * s.n();
        var part = new Part("gemm_" + arithmetic(p) + "_", s.flops(), p.floatType().bytes() * elements);
        calls.add(new KernelCall("matrix product", what, p, part, o -> {
            var a = matrix(o, s.transA(), s.m(), s.k());
            var b = matrix(o, s.transB(), s.k(), s.n());
            var c = o.of(s.m(), s.n());
            var workspace = o.workspace(o.kernels().plan(s));
            return () -> o.kernels().gemm(s, a, b, Epilogue.NONE, c, workspace);
        }));
    }

    private static Buf matrix(Operands o, boolean transposed, int rows, int columns) {
        return transposed ? o.of(columns, rows) : o.of(rows, columns);
    }
}
