package anneal.study.predict;

import anneal.kernel.AttentionSpec;
import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Precision;
import anneal.kernel.Qkv;
import java.util.ArrayList;
import java.util.List;

/** Attention over 16x16 pixels of 256 channels, forward and backward, with heads of every width that has a kernel. */
final class AttentionCalls {
    private static final int SAMPLES = 32;
    private static final int PIXELS = 256;
    private static final int CHANNELS = 256;
    /** Elements beside a row that make rows begin where tensor cores' loads cannot. */
    private static final int ODD = 2;

    private AttentionCalls() {
    }

    static List<KernelCall> all(Precision p) {
        var calls = new ArrayList<KernelCall>();
        for (int d : new int[] {32, 64, 128}) {
            if (p == Precision.BF16) {
                add(calls, p, d, 0, "attention_mma");
                add(calls, p, d, ODD, "attention");
            } else {
                add(calls, p, d, 0, "attention");
            }
        }
        return calls;
    }

    private static void add(List<KernelCall> calls, Precision p, int d, int beside, String kernel) {
        int heads = CHANNELS / d;
        var s = new AttentionSpec(SAMPLES, heads, d, PIXELS, PIXELS, d, d, d, d, false, 1 / Math.sqrt(d));
        var what = "%d x %d heads, T = %d, d = %d, packed%s".formatted(SAMPLES, heads, PIXELS, d,
                beside == 0 ? "" : " in rows at odd places");
        double product = s.flops() / 2;
        double operand = (double) SAMPLES * PIXELS * CHANNELS * p.floatType().bytes();
        calls.add(new KernelCall("attention", what, p, new Part(kernel + "_d", 2 * product, 4 * operand), o -> {
            var t = new Tensors(o, s, beside);
            return () -> o.kernels().attention(s, t.in, null, t.out, t.logSumExp);
        }));
        calls.add(new KernelCall("attention", what + ", backward", p, List.of(
                Part.moving("attention_row_terms", 2 * operand),
                new Part(kernel + "_gradient_queries", 3 * product, 5 * operand),
                new Part(kernel + "_gradient_keys", 4 * product, 6 * operand)), o -> {
            var t = new Tensors(o, s, beside);
            o.kernels().attention(s, t.in, null, t.out, t.logSumExp);
            var outGradient = t.rows(o, 1).getFirst();
            var packed = t.rows(o, 3);
            var gradients = new Qkv(packed.get(0), packed.get(1), packed.get(2));
            return () -> o.kernels().attentionBackward(s, t.in, null, t.out, t.logSumExp, outGradient, gradients);
        }));
    }

    /** The forward pass's. */
    private static final class Tensors {
        private final AttentionSpec spec;
        private final int beside;
        final Qkv in;
        final Buf out;
        final Buf logSumExp;

        Tensors(Operands o, AttentionSpec s, int beside) {
            spec = s;
            this.beside = beside;
            var packed = rows(o, 3);
            in = new Qkv(packed.get(0), packed.get(1), packed.get(2));
            out = rows(o, 1).getFirst();
            logSumExp = o.empty(DType.F32, s.n(), s.heads(), s.lengthQ());
        }

        /** Head 0 of each of {@code parts} that share a buffer. */
        List<Buf> rows(Operands o, int parts) {
            int width = spec.heads() * spec.headDim();
            var all = o.of(spec.n(), spec.lengthQ(), parts * width + beside);
            var views = new ArrayList<Buf>();
            for (int i = 0; i < parts; i++) {
                views.add(all.columns(i * width, i * width + spec.headDim()));
            }
            return views;
        }
    }
}
