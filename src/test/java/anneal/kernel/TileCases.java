package anneal.kernel;

import anneal.kernel.ConvSpec.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What only large or well-aligned operands reach on a GPU: the large tiles of products, in every layout, with edges
 * that are no multiple of a tile, and attention on tensor cores. Products are some 30 million operations each.
 */
final class TileCases {
    /** Matrices in a batch: with one large tile each they fill a GPU. */
    private static final int BATCH = 33;

    private TileCases() {
    }

    static List<KernelCase> all() {
        var cases = new ArrayList<KernelCase>();
        for (boolean transA : new boolean[] {false, true}) {
            for (boolean transB : new boolean[] {false, true}) {
                var name = "gemm " + (transA ? "T" : "N") + (transB ? "T" : "N");
                cases.add(new KernelCase("large " + name, 40, lab -> gemm(lab, BATCH, 136, 136, 40, transA, transB)));
                cases.add(new KernelCase("aligned " + name, 72, lab -> gemm(lab, 2, 40, 88, 72, transA, transB)));
                cases.add(new KernelCase("aligned deep " + name, 1096,
                        lab -> gemm(lab, 1, 8, 24, 1096, transA, transB)));
            }
        }
        for (var mode : Mode.values()) {
            var s = switch (mode) {
                case FORWARD -> new ConvSpec(mode, 1, 91, 92, 8, 136, 2, 2, 1, 1);
                case DATA_GRADIENT -> new ConvSpec(mode, 1, 91, 93, 136, 8, 2, 2, 1, 1);
                case WEIGHT_GRADIENT -> new ConvSpec(mode, 1, 3, 4, 2104, 136, 2, 2, 1, 1);
            };
            cases.add(new KernelCase("large conv " + s, 32,
                    lab -> conv(lab, s)));
        }
        for (var r : Resample.values()) {
            cases.add(new KernelCase("aligned resample " + r, 4, lab -> resample(lab, r)));
        }
        int[][] heads = {{2, 2, 64, 64, 64}, {1, 3, 64, 130, 77}, {1, 1, 128, 70, 200}, {1, 2, 128, 200, 70},
            {3, 2, 32, 33, 65}, {1, 2, 16, 5, 9}, {2, 1, 8, 3, 2}, {1, 1, 96, 1, 50}};
        for (int i = 0; i < heads.length; i++) {
            int[] d = heads[i];
            boolean causal = i % 3 == 2;
            boolean masked = i % 3 == 1;
            cases.add(new KernelCase("aligned attention " + Shape.of(d) + (causal ? " causal" : "")
                    + (masked ? " masked" : ""), d[4], lab -> attention(lab, d, causal, masked)));
        }
        return cases;
    }

    private static void gemm(Lab lab, int batch, int m, int n, int k, boolean transA, boolean transB) {
        var a = lab.alignedInput(batch, transA ? k : m, transA ? m : k);
        var b = lab.alignedInput(batch, transB ? n : k, transB ? k : n);
        var e = Fusions.scaling(lab);
        var c = lab.target(e.beta(), batch, m, n);
        lab.lowering().gemm(new GemmSpec(batch, m, n, k, transA, transB, (long) m * k, (long) n * k,
                m * c.rowPitch()), a, b, e, c);
    }

    private static void resample(Lab lab, Resample r) {
        lab.kernels().resample(r, lab.alignedInput(2, 6, 10, 12),
                lab.alignedOutput(2, r.apply(6), r.apply(10), 12), 1, 0);
    }

    private static void conv(Lab lab, ConvSpec s) {
        int[] x = {s.n(), s.inH(), s.inW(), s.inC()};
        int[] w = {s.outC(), s.kH(), s.kW(), s.inC()};
        int[] y = {s.n(), s.outH(), s.outW(), s.outC()};
        switch (s.mode()) {
            case FORWARD -> lab.lowering().conv(s, Prologue.NONE, lab.alignedInput(x), lab.alignedInput(w),
                    Epilogue.bias(lab.alignedInput(s.outC())), lab.alignedOutput(y));
            case DATA_GRADIENT -> lab.lowering().conv(s, Prologue.NONE, lab.alignedOutput(x), lab.alignedInput(w),
                    Epilogue.NONE, lab.alignedInput(y));
            case WEIGHT_GRADIENT -> lab.lowering().conv(s, Prologue.NONE, lab.alignedInput(x), lab.alignedOutput(w),
                    Epilogue.NONE, lab.alignedInput(y));
        }
    }

    /** @param dims samples, heads, head dimension, queries, keys */
    private static void attention(Lab lab, int[] dims, boolean causal, boolean masked) {
        int n = dims[0];
        int heads = dims[1];
        int d = dims[2];
        int lengthQ = dims[3];
        int lengthK = dims[4];
        int width = heads * d;
        var s = new AttentionSpec(n, heads, d, lengthQ, lengthK, d, d, d, d, causal, 1 / Math.sqrt(d));
        var in = new Qkv(lab.alignedInput(n, lengthQ, width).columns(0, d),
                lab.alignedInput(n, lengthK, width).columns(0, d), lab.alignedInput(n, lengthK, width).columns(0, d));
        Buf mask = null;
        if (masked) {
            var seen = lab.uniforms((long) n * lengthK, 0, 2);
            Arrays.setAll(seen, i -> Math.floor(seen[i]));
            mask = lab.holding(seen, Shape.of(n, lengthK));
        }
        var out = lab.alignedOutput(n, lengthQ, width).columns(0, d);
        var logSumExp = lab.denseOutput(n, heads, lengthQ);
        lab.kernels().attention(s, in, mask, out, logSumExp);
        var outGradient = lab.alignedInput(n, lengthQ, width).columns(0, d);
        var gradients = new Qkv(lab.alignedOutput(n, lengthQ, width).columns(0, d),
                lab.alignedOutput(n, lengthK, width).columns(0, d), lab.alignedOutput(n, lengthK, width).columns(0, d));
        lab.kernels().attentionBackward(s, in, mask, out, logSumExp, outGradient, gradients);
    }
}
