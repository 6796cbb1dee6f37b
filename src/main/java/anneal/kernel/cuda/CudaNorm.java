package anneal.kernel.cuda;

import static anneal.kernel.cuda.CudaContext.suffix;

import anneal.kernel.Buf;
import anneal.kernel.NormSpec;
import anneal.kernel.Plan;
import anneal.kernel.Prologue;
import anneal.kernel.Resample;
import anneal.kernel.cuda.driver.Grid;
import java.util.Optional;
import java.util.Set;

/** Launches of kernels/groupnorm.cu and groupnorm_backward.cu. */
final class CudaNorm {
    private static final int JOIN_THREADS = 128;
    private static final int PARAMETER_THREADS = 256;
    private static final int PARAMETER_COLUMNS = 32;
    private static final int SPREAD_BYTES = 12;
    private static final int PAIR_BYTES = 8;

    private final CudaContext cuda;

    CudaNorm(CudaContext cuda) {
        this.cuda = cuda;
    }

    Plan plan(NormSpec s) {
        double elements = (double) s.n() * s.h() * s.w() * s.channels();
        int bytes = cuda.floatType().bytes();
        boolean onChip = NormGrid.onChip(s, bytes, 1).isPresent();
        var algorithm = s.h() * s.w() == 1 ? "rows" : onChip ? "on chip"
                : NormGrid.isOnePass(s) ? "one pass" : "two passes";
        return new Plan(algorithm, 0, 8 * elements, 2 * elements * bytes,
                onChip ? Set.of(Plan.Part.RESAMPLE, Plan.Part.STATISTICS) : Set.of(Plan.Part.RESAMPLE));
    }

    void normStats(NormSpec s, Buf x, Buf mean, Buf rstd) {
        if (x.shape().size() == 0) {
            return;
        }
        if (s.h() * s.w() == 1) {
            long warps = (long) s.n() * s.groups();
            cuda.launch("norm_stats_rows" + suffix(x), Grid.of(Fields.ceilDiv(warps, JOIN_THREADS / 32)),
                    JOIN_THREADS, 0, x, x.rowPitch(), s.n(), s.groups(), s.channelsPerGroup(),
                    Fields.ofOperand(mean), Fields.ofOperand(rstd), s.eps());
        } else if (NormGrid.isOnePass(s)) {
            var g = NormGrid.onePass(s);
            cuda.launch(g.kernel("norm_stats_one_pass", suffix(x)), g.grid(s.n()), g.block(), 0, x, x.rowPitch(),
                    g.fields(x).struct(), Fields.ofOperand(mean), Fields.ofOperand(rstd), s.eps());
        } else {
            twoPasses(s, x, mean, rstd);
        }
    }

    private void twoPasses(NormSpec s, Buf x, Buf mean, Buf rstd) {
        var g = NormGrid.sums(s);
        var parts = cuda.scratch((long) s.n() * s.channels() * g.chunks() * SPREAD_BYTES);
        try {
            cuda.launch(g.kernel("norm_spreads", suffix(x)), g.grid(s.n()), g.block(), 0, x, x.rowPitch(),
                    g.fields(x).struct(), parts.address());
            cuda.launch("norm_join", Grid.of(s.n() * s.groups()), JOIN_THREADS, 0, parts.address(),
                    g.fields(x).struct(), Fields.ofOperand(mean), Fields.ofOperand(rstd), s.eps());
        } finally {
            parts.release();
        }
    }

    private static Struct struct(Prologue p) {
        long act = switch (p.act()) {
            case NONE -> 0;
            case SILU -> 1;
            case RELU -> 2;
        };
        return new Fields().operand(p.mean()).operand(p.rstd()).operand(p.gamma()).operand(p.beta())
                .operand(p.scale()).operand(p.shift()).add(act).struct();
    }

    void norm(NormSpec s, Prologue p, Buf x, Buf y) {
        if (y.shape().size() == 0) {
            return;
        }
        Fields.sameType(x, y);
        var onChip = NormGrid.onChip(s, x.type().bytes(), 1);
        if (p.measures() && onChip.isEmpty()) {   // x may be of a wider type than the plan was made for
            normStats(s, x, p.mean(), p.rstd());
            norm(s, p.given(), x, y);
            return;
        }
        var r = p.resample();
        int outW = r.apply(s.w());
        int area = s.h() * s.w();
        int outArea = r.apply(s.h()) * outW;
        int walked = Math.min(area, outArea);
        var pixels = new Fields().add(resample(r), Math.min(s.w(), outW), s.w(), walked).add((long) outArea).struct();
        if (p.measures()) {
            var g = onChip.get();
            cuda.launch(g.kernel("norm_on_chip", suffix(x)), g.grid(s.n()), g.block(), g.kept() * x.type().bytes(), x,
                    x.rowPitch(), y, y.rowPitch(), g.fields(x, y).struct(), struct(p), s.eps(), pixels);
        } else {
            var g = NormGrid.pixels(s, walked);
            cuda.launch(g.kernel("norm_apply", suffix(x)), g.grid(s.n()), g.block(), 0, x, x.rowPitch(), y,
                    y.rowPitch(), g.fields(x, y).struct(), struct(p), pixels, (long) area);
        }
    }

    /** As kernels know it. */
    static int resample(Resample r) {
        return switch (r) {
            case NONE -> 0;
            case UP -> 1;
            case DOWN -> 2;
        };
    }

    void normBackward(NormSpec s, Prologue p, Buf x, Buf dy, Buf dx, double dxBeta, Buf dGamma, Buf dBeta, Buf dScale,
                      Buf dShift) {
        if (s.channels() == 0) {
            return;
        }
        Fields.sameType(x, dy, dx);
        var onChip = dx == null || s.n() == 0 ? Optional.<NormGrid>empty() : NormGrid.onChip(s, x.type().bytes(), 2);
        if (onChip.isPresent()) {
            backwardOnChip(s, onChip.get(), p, x, dy, dx, dxBeta, dGamma, dBeta, dScale, dShift);
            return;
        }
        var prologue = struct(p);
        var sums = NormGrid.sums(s);
        long perChannel = (long) s.n() * s.channels() * PAIR_BYTES;
        long perGroup = (long) s.n() * s.groups() * PAIR_BYTES;
        var scratch = cuda.scratch(Math.max(PAIR_BYTES, perChannel * sums.chunks() + perChannel + perGroup));
        try {
            long parts = scratch.address();
            long shares = parts + perChannel * sums.chunks();
            long means = shares + perChannel;
            if (s.n() > 0) {
                cuda.launch(sums.kernel("norm_gradient_sums", suffix(x)), sums.grid(s.n()), sums.block(), 0, x,
                        x.rowPitch(), dy, dy.rowPitch(), sums.fields(x, dy).struct(), prologue, parts);
                cuda.launch("norm_gradient_join", Grid.of(s.n() * s.groups()), JOIN_THREADS, 0, parts,
                        sums.fields(x).struct(), prologue, Fields.ofOperand(dScale), Fields.ofOperand(dShift), shares,
                        means);
            }
            parameterGradients(s, shares, dGamma, dBeta);
            if (dx != null && dx.shape().size() > 0) {
                var g = NormGrid.pixels(s, s.h() * s.w());
                cuda.launch(g.kernel("norm_gradient_input", suffix(x)), g.grid(s.n()), g.block(), 0, x,
                        x.rowPitch(), dy, dy.rowPitch(), g.fields(x, dy, dx).struct(), prologue, means, dx,
                        dx.rowPitch(), (float) dxBeta);
            }
        } finally {
            scratch.release();
        }
    }

    private void backwardOnChip(NormSpec s, NormGrid g, Prologue p, Buf x, Buf dy, Buf dx, double dxBeta, Buf dGamma,
                                Buf dBeta, Buf dScale, Buf dShift) {
        var shares = cuda.scratch((long) s.n() * s.channels() * PAIR_BYTES);
        try {
            cuda.launch(g.kernel("norm_gradient_on_chip", suffix(x)), g.grid(s.n()), g.block(),
                    2 * g.kept() * x.type().bytes(), x, x.rowPitch(), dy, dy.rowPitch(), g.fields(x, dy, dx).struct(),
                    struct(p), Fields.ofOperand(dScale), Fields.ofOperand(dShift), shares.address(), dx, dx.rowPitch(),
                    (float) dxBeta);
            parameterGradients(s, shares.address(), dGamma, dBeta);
        } finally {
            shares.release();
        }
    }

    private void parameterGradients(NormSpec s, long shares, Buf dGamma, Buf dBeta) {
        if (dGamma != null || dBeta != null) {
            cuda.launch("norm_gradient_parameters", Grid.of(Fields.ceilDiv(s.channels(), PARAMETER_COLUMNS)),
                    PARAMETER_THREADS, 0, shares, s.n(), s.channels(), Fields.ofOperand(dGamma), Fields.ofOperand(dBeta));
        }
    }
}
