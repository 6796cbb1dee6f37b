package anneal.study.ladder;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import anneal.kernel.Shape;
import anneal.kernel.cuda.CudaBackend;
import anneal.kernel.cuda.driver.Grid;
import java.util.List;

/** c[m, n] = a[m, k] b[k, n]. */
public final class GemmProblem extends Problem {
    private static final int CHUNK = 8;

    private final GemmSpec spec;
    private final Operand a;
    private final Operand b;
    private final Buf c;

    /** @param m rows, n columns and k terms; the last two multiples of 8, which the rungs on tensor cores load at once */
    public GemmProblem(CudaBackend device, int m, int n, int k) {
        super(device);
        if (n % CHUNK != 0 || k % CHUNK != 0) {
            throw new IllegalArgumentException("a product with n = %d and k = %d; multiples of %d are needed".formatted(n, k,
                    CHUNK));
        }
        spec = GemmSpec.of(m, n, k, false, false);
        a = random(DType.BF16, 1, 0, m, k);
        b = random(DType.BF16, 1, 0, k, n);
        c = empty(DType.BF16, Shape.of(m, n));
    }

    @Override
    public String shape() {
        return "[%d, %d] x [%d, %d]".formatted(spec.m(), spec.k(), spec.k(), spec.n());
    }

    @Override
    public double flops() {
        return spec.flops();
    }

    @Override
    public double bytes() {
        return 2.0 * ((double) spec.m() * spec.k() + (double) spec.k() * spec.n() + (double) spec.m() * spec.n());
    }

    @Override
    Buf result() {
        return c;
    }

    @Override
    double[] answer() {
        var out = answerBuffer(c.shape());
        reference.kernels().gemm(spec, a.reference(), b.reference(), Epilogue.NONE, out, null);
        return reference.downloadDoubles(out);
    }

    @Override
    public List<Rung> rungs() {
        return List.of(
                rung("gemm1_naive", "a thread for each result", Grid.of(parts(spec.m(), 32), parts(spec.n(), 8)), 256),
                rung("gemm2_coalesced", "neighbouring threads, neighbouring columns",
                        Grid.of(parts(spec.n(), 32), parts(spec.m(), 8)), 256),
                rung("gemm3_shared", "tiles in shared memory", Grid.of(parts(spec.n(), 16), parts(spec.m(), 16)), 256),
                rung("gemm4_registers", "4 x 4 results a thread", Grid.of(parts(spec.n(), 64), parts(spec.m(), 64)), 256),
                rung("gemm5_tensor_cores", "tensor cores", Grid.of(parts(spec.n(), 64), parts(spec.m(), 64)), 128),
                rung("gemm6_pipeline", "copies beside the arithmetic", Grid.of(parts(spec.n(), 64), parts(spec.m(), 64)), 128),
                new Rung("ships", "larger tiles, any layout, parts along k", () -> device.kernels().gemm(spec, a.device(),
                        b.device(), Epilogue.NONE, c, null)));
    }

    private Rung rung(String file, String what, Grid grid, int block) {
        return new Rung(file, what, () -> device.launch("ladder_" + file.substring(0, file.indexOf('_')), grid, block, 0,
                a.device(), b.device(), c, spec.m(), spec.n(), spec.k()));
    }

    static int parts(long whole, int part) {
        return Math.toIntExact((whole + part - 1) / part);
    }
}
