package anneal.study.predict;

import anneal.kernel.Activation;
import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.NormSpec;
import anneal.kernel.Precision;
import anneal.kernel.Prologue;
import anneal.kernel.Resample;
import java.util.ArrayList;
import java.util.List;

/** GroupNorm with AdaGN and SiLU, forward and backward, and LayerNorm. */
final class NormCalls {
    private static final double EPS = 1e-5;

    private NormCalls() {
    }

    static List<KernelCall> all(Precision p) {
        var calls = new ArrayList<KernelCall>();
        // large images are read twice, by several blocks; of 32x32 pixels groups fit on chip; 130 channels take no vectors
        for (var s : List.of(new NormSpec(8, 64, 64, 128, 32, EPS), new NormSpec(32, 32, 32, 128, 32, EPS),
                new NormSpec(32, 16, 16, 256, 32, EPS), new NormSpec(8, 64, 64, 130, 10, EPS),
                new NormSpec(32, 16, 16, 130, 10, EPS))) {
            stats(calls, p, s, "%dx%dx%dx%d, %d groups".formatted(s.n(), s.h(), s.w(), s.channels(), s.groups()));
            modulated(calls, p, s);
            measured(calls, p, s);
            backward(calls, p, s);
        }
        stats(calls, p, new NormSpec(2464, 1, 1, 512, 1, EPS), "LayerNorm of 2464 rows of 512");
        return calls;
    }

    private static double bytes(Precision p, NormSpec s) {
        return (double) p.floatType().bytes() * s.n() * s.h() * s.w() * s.channels();
    }

    private static void stats(List<KernelCall> calls, Precision p, NormSpec s, String what) {
        calls.add(new KernelCall("normalisation", what + ", statistics", p, List.of(
                Part.moving("norm_stats", bytes(p, s)), Part.moving("norm_spreads", bytes(p, s))), o -> {
            var x = image(o, s);
            var mean = o.empty(DType.F32, s.n(), s.groups());
            var rstd = o.empty(DType.F32, s.n(), s.groups());
            return () -> o.kernels().normStats(s, x, mean, rstd);
        }));
    }

    private static String what(NormSpec s) {
        return "%dx%dx%dx%d, AdaGN and SiLU".formatted(s.n(), s.h(), s.w(), s.channels());
    }

    private static void modulated(List<KernelCall> calls, Precision p, NormSpec s) {
        calls.add(new KernelCall("normalisation", what(s), p, Part.moving("norm_apply", 2 * bytes(p, s)), o -> {
            var prologue = prologue(o, s);
            var x = image(o, s);
            var y = image(o, s);
            return () -> o.kernels().norm(s, prologue, x, y);
        }));
    }

    /** The statistics too, in one kernel where the image's groups fit on chip, else in kernels that are known already. */
    private static void measured(List<KernelCall> calls, Precision p, NormSpec s) {
        calls.add(new KernelCall("normalisation", what(s) + " and its statistics", p,
                Part.moving("norm_on_chip", 2 * bytes(p, s)), o -> {
            var prologue = prologue(o, s).measuring(s.eps());
            var x = image(o, s);
            var y = image(o, s);
            return () -> o.kernels().norm(s, prologue, x, y);
        }));
    }

    private static void backward(List<KernelCall> calls, Precision p, NormSpec s) {
        calls.add(new KernelCall("normalisation", what(s) + ", backward", p, List.of(
                Part.moving("norm_gradient_sums", 2 * bytes(p, s)), Part.moving("norm_gradient_input", 3 * bytes(p, s)),
                Part.moving("norm_gradient_on_chip", 3 * bytes(p, s))), o -> {
            var prologue = prologue(o, s);
            var x = image(o, s);
            var dy = image(o, s);
            var dx = image(o, s);
            var dGamma = o.empty(DType.F32, s.channels());
            var dBeta = o.empty(DType.F32, s.channels());
            var dScale = o.of(s.n(), s.channels());
            var dShift = o.of(s.n(), s.channels());
            return () -> o.kernels().normBackward(s, prologue, x, dy, dx, 0, dGamma, dBeta, dScale, dShift);
        }));
    }

    private static Buf image(Operands o, NormSpec s) {
        return o.of(s.n(), s.h(), s.w(), s.channels());
    }

    private static Prologue prologue(Operands o, NormSpec s) {
        return new Prologue(o.filled(DType.F32, 0, s.n(), s.groups()), o.filled(DType.F32, 1, s.n(), s.groups()),
                o.filled(DType.F32, 1, s.channels()), o.filled(DType.F32, 0, s.channels()), o.of(s.n(), s.channels()),
                o.of(s.n(), s.channels()), Activation.SILU, Resample.NONE);
    }
}
