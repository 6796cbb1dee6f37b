package anneal.kernel.cuda;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import anneal.kernel.Plan;

/** Matrix products: kernels/gemm.cu. */
final class CudaGemm {
    private static final int LEAST_PART = 512;
    private static final int MOST_PARTS = 8;

    private final CudaContext context;

    CudaGemm(CudaContext context) {
        this.context = context;
    }

    Plan plan(GemmSpec s) {
        DType type = context.floatType();
        double elements = s.batch() * ((double) s.m() * s.k() + (double) s.k() * s.n() + (double) s.m() * s.n());
        return tiles(s, MatTiles.arithmetic(context.precision(), type, type), "any")
                .plan(s.flops(), elements, type.bytes());
    }

    /** Rows may be a batch's, so that the parts do not follow from their number. */
    private MatTiles tiles(GemmSpec s, String arithmetic, String layout) {
        int parts = MatTiles.splits(64, s.n(), s.k(), LEAST_PART, MOST_PARTS);
        return MatTiles.of(arithmetic, layout, s.m(), s.n(), s.batch(), s.k(), parts,
                context.sharedBytes());
    }

    void gemm(GemmSpec s, Buf a, Buf b, Epilogue e, Buf c, Buf workspace) {
        if (s.batch() == 0 || s.m() == 0 || s.n() == 0) {
            return;
        }
        boolean chunks = MatTiles.inChunks(a, s.transA() ? s.m() : s.k(), s.strideA())
                && MatTiles.inChunks(b, s.transB() ? s.k() : s.n(), s.strideB());
        var layout = chunks ? (s.transA() ? "t" : "n") + (s.transB() ? "t" : "n") : "any";
        var t = tiles(s, MatTiles.arithmetic(context.precision(), a.type(), b.type()), layout);
        long pitchA = a.rowPitch();
        long pitchB = b.rowPitch();
        MatLaunch.run(context, "gemm", t, EpilogueArguments.fields(c, s.strideC(), c.rowPitch(), e, t, 1, workspace),
                a, b, s.transA() ? 1L : pitchA, s.transA() ? pitchA : 1L, s.strideA(),
                s.transB() ? pitchB : 1L, s.transB() ? 1L : pitchB, s.strideB(), s.m(), s.n());
    }
}
