package anneal.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Attention, forward and then backward, over packed and separate operands. */
final class AttentionCases {
    /** Where q, k and v of a head lie. */
    private enum Packing {
        /** One buffer, all q heads, then all k heads, then all v heads. */
        PARTS_FIRST,
        /** One buffer, q, k and v of head 0, then of head 1 (guided-diffusion's legacy order). */
        HEADS_FIRST,
        SEPARATE
    }

    private AttentionCases() {
    }

    static List<KernelCase> all() {
        var cases = new ArrayList<KernelCase>();
        for (int i = 0; i < 24; i++) {
            boolean causal = i % 3 == 1;
            boolean masked = i % 4 == 3;
            cases.add(new KernelCase("attention #" + i + (causal ? " causal" : "") + (masked ? " masked" : ""), 80,
                    lab -> run(lab, lab.between(1, 3), lab.between(1, 3), lab.oneOf(1, 3, 8, 16, 20, 32, 40, 64),
                            lab.between(1, 70), lab.between(1, 70), causal, masked)));
        }
        int[][] shapes = {{2, 2, 64, 64}, {1, 1, 64, 256}, {2, 4, 32, 49}, {1, 2, 80, 130}, {5, 4, 12, 150},
            {1, 1, 160, 70}, {2, 1, 1, 1}, {1, 3, 128, 33}};
        for (int[] d : shapes) {
            for (boolean causal : new boolean[] {false, true}) {
                cases.add(new KernelCase("attention " + Shape.of(d) + (causal ? " causal" : ""), d[3],
                        lab -> run(lab, d[0], d[1], d[2], d[3], d[3], causal, causal)));
            }
        }
        return cases;
    }

    private static void run(Lab lab, int n, int heads, int d, int lengthQ, int lengthK, boolean causal,
                            boolean masked) {
        var packing = lengthQ == lengthK ? Packing.values()[lab.random().nextInt(3)] : Packing.SEPARATE;
        long stride = packing == Packing.HEADS_FIRST ? 3L * d : d;
        var s = new AttentionSpec(n, heads, d, lengthQ, lengthK, stride, stride, stride, d, causal, 1 / Math.sqrt(d));
        var in = views(s, packing, length -> lab.input(n, length, width(packing, heads, d)));
        var mask = masked ? mask(lab, n, lengthK) : null;
        var out = lab.output(n, lengthQ, heads * d);
        var logSumExp = lab.denseOutput(n, heads, lengthQ);
        lab.kernels().attention(s, in, mask, out.columns(0, d), logSumExp);
        var outGradient = lab.input(n, lengthQ, heads * d).columns(0, d);
        var gradients = views(s, packing, length -> lab.output(n, length, width(packing, heads, d)));
        lab.kernels().attentionBackward(s, in, mask, out.columns(0, d), logSumExp, outGradient, gradients);
    }

    private static int width(Packing packing, int heads, int d) {
        return (packing == Packing.SEPARATE ? 1 : 3) * heads * d;
    }

    private interface Maker {
        Buf make(int length);
    }

    private static Qkv views(AttentionSpec s, Packing packing, Maker maker) {
        int d = s.headDim();
        if (packing == Packing.SEPARATE) {
            return new Qkv(maker.make(s.lengthQ()).columns(0, d), maker.make(s.lengthK()).columns(0, d),
                    maker.make(s.lengthK()).columns(0, d));
        }
        var all = maker.make(s.lengthQ());
        int part = packing == Packing.HEADS_FIRST ? d : s.heads() * d;
        return new Qkv(all.columns(0, d), all.columns(part, part + d), all.columns(2 * part, 2 * part + d));
    }

    /** Half of the keys; of the first sample none. */
    private static Buf mask(Lab lab, int n, int lengthK) {
        var seen = lab.uniforms((long) n * lengthK, 0, 2);
        Arrays.setAll(seen, i -> i < lengthK ? 0 : Math.floor(seen[i]));
        return lab.holding(seen, Shape.of(n, lengthK));
    }
}
