package anneal.study.ladder;

import static anneal.study.ladder.GemmProblem.parts;

import anneal.kernel.AttentionSpec;
import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Qkv;
import anneal.kernel.Shape;
import anneal.kernel.cuda.CudaBackend;
import anneal.kernel.cuda.driver.Grid;
import java.util.List;

/** out = softmax(q k' / sqrt(d)) v for every one of {@code heads} matrices [t, d]. */
public final class AttentionProblem extends Problem {
    private static final int TILE = 64;
    private static final int MOST_SHARED = 227 * 1024;

    private final AttentionSpec spec;
    private final float scale;
    private final Operand q;
    private final Operand k;
    private final Operand v;
    private final Buf out;
    private final Buf logSumExp;

    /**
     * @param heads matrices; here each is an image of its own with one head, so that the layouts are the same
     * @param d     64 or 128, for which the rungs from the third on are built
     */
    public AttentionProblem(CudaBackend device, int heads, int t, int d) {
        super(device);
        if (d != 64 && d != 128) {
            throw new IllegalArgumentException("attention with d = " + d + "; the ladder's kernels are built for 64 and 128");
        }
        scale = (float) (1 / Math.sqrt(d));
        spec = new AttentionSpec(heads, 1, d, t, t, 0, 0, 0, 0, false, scale);
        q = random(DType.BF16, 1, 0, heads, t, d);
        k = random(DType.BF16, 1, 0, heads, t, d);
        v = random(DType.BF16, 1, 0, heads, t, d);
        out = empty(DType.BF16, Shape.of(heads, t, d));
        logSumExp = empty(DType.F32, Shape.of(heads, 1, t));
    }

    @Override
    public String shape() {
        return "%d heads, T = %d, d = %d".formatted(spec.n(), spec.lengthQ(), spec.headDim());
    }

    @Override
    public double flops() {
        return 4.0 * spec.n() * spec.lengthQ() * spec.lengthK() * spec.headDim();
    }

    @Override
    public double bytes() {
        return 4 * 2.0 * out.shape().size();
    }

    @Override
    Buf result() {
        return out;
    }

    @Override
    double[] answer() {
        var o = answerBuffer(out.shape());
        var l = answerBuffer(logSumExp.shape());
        reference.kernels().attention(spec, new Qkv(q.reference(), k.reference(), v.reference()), null, o, l);
        return reference.downloadDoubles(o);
    }

    @Override
    public List<Rung> rungs() {
        int d = spec.headDim();
        int t = spec.lengthQ();
        return List.of(
                new Rung("attention1_naive", "three kernels, all scores in memory", this::naive),
                new Rung("attention2_row", "a block for each query, its scores in shared memory", () -> {
                    if ((long) t * Float.BYTES > MOST_SHARED / 2) {
                        throw new IllegalArgumentException("a row of " + t + " scores does not fit into shared memory");
                    }
                    device.launch("ladder_attention2", Grid.of(spec.n() * t), 128, t * Float.BYTES, q.device(), k.device(),
                            v.device(), out, t, d, scale);
                }),
                flash("attention3_flash", "softmax while the keys go by", 32, 0),
                flash("attention4_tensor_cores", "tensor cores", TILE, 0),
                flash("attention5_pipeline", "copies beside the arithmetic", TILE, 4 * TILE * (d + 8) * 2),
                new Rung("ships", "any length and head, masks, log-sum-exp for the way back", () -> device.kernels().attention(
                        spec, new Qkv(q.device(), k.device(), v.device()), null, out, logSumExp)));
    }

    private Rung flash(String file, String what, int queries, int shared) {
        var kernel = "ladder_" + file.substring(0, file.indexOf('_')) + "_d" + spec.headDim();
        var grid = Grid.of(parts(spec.lengthQ(), queries), spec.n());
        return new Rung(file, what, () -> device.launch(kernel, grid, 128, shared, q.device(), k.device(), v.device(), out,
                spec.lengthQ(), scale));
    }

    private void naive() {
        int t = spec.lengthQ();
        int d = spec.headDim();
        var scores = device.allocate((long) spec.n() * t * t * Float.BYTES);
        try {
            device.launch("ladder_attention1_scores", Grid.of(parts(t, 32), parts(t, 8), spec.n()), 256, 0, q.device(),
                    k.device(), scores, t, d, scale);
            long rows = (long) spec.n() * t;
            device.launch("ladder_attention1_softmax", Grid.of(parts(rows, 128)), 128, 0, scores, rows, t);
            device.launch("ladder_attention1_values", Grid.of(parts(d, 32), parts(t, 8), spec.n()), 256, 0, scores,
                    v.device(), out, t, d);
        } finally {
            scores.release();
        }
    }
}
