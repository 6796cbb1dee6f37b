package anneal.study.ladder;

import static anneal.study.ladder.GemmProblem.parts;

import anneal.kernel.Activation;
import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Lowering;
import anneal.kernel.NormSpec;
import anneal.kernel.Prologue;
import anneal.kernel.Resample;
import anneal.kernel.Shape;
import anneal.kernel.cuda.CudaBackend;
import anneal.kernel.cuda.driver.Grid;
import java.util.List;

/** y = silu(groupNorm(x)): x and y [n, h, w, c], float32 statistics, gamma and beta. */
public final class NormProblem extends Problem {
    private static final int GROUPS = 32;
    private static final double EPS = 1e-5;
    private static final int THREADS = 256;
    private static final int MOST_CHANNELS = 1024;
    private static final int SECTOR_CHANNELS = 16;
    private static final int STRIP = 64;
    private static final int MOST_SHARED = 227 * 1024;

    private final NormSpec spec;
    private final int area;
    private final Operand x;
    private final Operand gamma;
    private final Operand beta;
    private final Buf y;
    private final Buf sums;
    private final Buf mean;
    private final Buf rstd;

    /** @param c channels, a multiple of 32 (the groups), at most 1024 */
    public NormProblem(CudaBackend device, int n, int h, int w, int c) {
        super(device);
        if (c % GROUPS != 0 || c > MOST_CHANNELS) {
            throw new IllegalArgumentException("normalisation of %d channels; a multiple of %d up to %d is needed".formatted(
                    c, GROUPS, MOST_CHANNELS));
        }
        spec = new NormSpec(n, h, w, c, GROUPS, EPS);
        area = h * w;
        x = random(DType.BF16, 2, 3, n, h, w, c);
        gamma = random(DType.F32, 0.5, 1, c);
        beta = random(DType.F32, 0.5, 0, c);
        y = empty(DType.BF16, Shape.of(n, h, w, c));
        sums = empty(DType.F32, Shape.of(n, parts(area, STRIP), 2, c));
        mean = empty(DType.F32, Shape.of(n, GROUPS));
        rstd = empty(DType.F32, Shape.of(n, GROUPS));
    }

    @Override
    public String shape() {
        return "%dx%dx%dx%d, %d groups".formatted(spec.n(), spec.h(), spec.w(), spec.channels(), GROUPS);
    }

    @Override
    public double flops() {
        return 16.0 * y.shape().size();
    }

    @Override
    public double bytes() {
        return 2.0 * 2 * y.shape().size();
    }

    @Override
    Buf result() {
        return y;
    }

    @Override
    double[] answer() {
        var out = answerBuffer(y.shape());
        var m = answerBuffer(mean.shape());
        var r = answerBuffer(rstd.shape());
        reference.kernels().normStats(spec, x.reference(), m, r);
        reference.kernels().norm(spec, new Prologue(m, r, gamma.reference(), beta.reference(), null, null, Activation.SILU,
                Resample.NONE), x.reference(), out);
        return reference.downloadDoubles(out);
    }

    @Override
    public List<Rung> rungs() {
        int n = spec.n();
        int c = spec.channels();
        float eps = (float) EPS;
        var perGroup = Grid.of(n * GROUPS);
        int strips = parts(area, STRIP);
        return List.of(
                new Rung("norm1_naive", "a thread for each group", () -> device.launch("ladder_norm1",
                        Grid.of(parts((long) n * GROUPS, 32)), 32, 0, x.device(), gamma.device(), beta.device(), y, n, area, c,
                        GROUPS, eps)),
                new Rung("norm2_block", "a block for each group, sums in a tree", () -> device.launch("ladder_norm2", perGroup,
                        THREADS, 0, x.device(), gamma.device(), beta.device(), y, area, c, GROUPS, eps)),
                new Rung("norm3_shuffles", "both sums in one walk, shuffles", () -> device.launch("ladder_norm3", perGroup,
                        THREADS, 0, x.device(), gamma.device(), beta.device(), y, area, c, GROUPS, eps)),
                new Rung("norm4_coalesced", "threads along the channels, two kernels", () -> {
                    int rows = THREADS / (c / 4);
                    device.launch("ladder_norm4_sums", Grid.of(n * strips), THREADS, 2 * rows * c * Float.BYTES, x.device(),
                            sums, area, c);
                    device.launch("ladder_norm4_apply", Grid.of(n * strips), THREADS, 2 * c * Float.BYTES, x.device(), sums,
                            gamma.device(), beta.device(), y, area, c, GROUPS, eps);
                }),
                new Rung("norm5_on_chip", "read once, kept in shared memory", this::onChip),
                new Rung("ships", "on chip or in two passes by size, and views, AdaGN, resampling", () ->
                        new Lowering(device).norm(new Prologue(mean, rstd, gamma.device(), beta.device(), null, null,
                                Activation.SILU, Resample.NONE).measuring(EPS), x.device(), y)));
    }

    private void onChip() {
        int c = spec.channels();
        int width = c / GROUPS;
        int wide = width;
        while (wide < SECTOR_CHANNELS || wide % 4 != 0 || c % wide != 0) {
            wide += width;
        }
        int shared = 2 * THREADS * Float.BYTES + area * wide * 2;
        if (shared > MOST_SHARED || wide > THREADS) {
            throw new IllegalArgumentException(
                    "%d pixels of %d channels are %d bytes; a block has %d".formatted(area, wide, shared, MOST_SHARED));
        }
        device.launch("ladder_norm5", Grid.of(spec.n() * (c / wide)), THREADS, shared, x.device(), gamma.device(),
                beta.device(), y, area, c, GROUPS, wide, (float) EPS);
    }
}
