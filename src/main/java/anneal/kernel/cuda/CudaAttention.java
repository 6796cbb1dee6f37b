package anneal.kernel.cuda;

import static anneal.kernel.cuda.CudaContext.suffix;

import anneal.kernel.AttentionSpec;
import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Plan;
import anneal.kernel.Qkv;
import anneal.kernel.cuda.driver.Grid;
import java.util.Set;

/** Launches of kernels/attention_mma.cu, for what tensor cores can take, and of kernels/attention.cu. */
final class CudaAttention {
    private static final int THREADS = 256;
    private static final int MMA_THREADS = 128;
    private static final int MMA_COLUMNS = 128;
    private static final int ROWS = 64;
    /** Threads, each with a row, of the kernel that multiplies out with its gradient. */
    private static final int ROW_TERM_THREADS = 128;

    private final CudaContext cuda;

    CudaAttention(CudaContext cuda) {
        this.cuda = cuda;
    }

    Plan plan(AttentionSpec s) {
        double rows = 2.0 * s.n() * s.heads() * s.headDim();
        return new Plan("online softmax", 0, s.flops(),
                cuda.floatType().bytes() * rows * (s.lengthQ() + s.lengthK()), Set.of());
    }

    void attention(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp) {
        Fields.sameType(out, in.q(), in.k(), in.v());
        if (rows(s, s.lengthQ()) > 0) {
            launch("", s, s.lengthQ(), onTensorCores(s, out, in.q(), in.k(), in.v()), out,
                    fields(s, in, mask, out, logSumExp).struct());
        }
    }

    void attentionBackward(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp, Buf outGradient,
                           Qkv gradients) {
        Fields.sameType(out, in.q(), in.k(), in.v(), outGradient, gradients.q(), gradients.k(), gradients.v());
        long rows = rows(s, s.lengthQ());
        var rowTerms = cuda.scratch(Math.max(1, rows) * Float.BYTES);
        try {
            var forward = fields(s, in, mask, out, logSumExp).struct();
            var backward = heads(heads(heads(heads(new Fields(), outGradient, s.headStrideOut(), s.lengthQ()),
                    gradients.q(), s.headStrideQ(), s.lengthQ()), gradients.k(), s.headStrideK(), s.lengthK()),
                    gradients.v(), s.headStrideV(), s.lengthK()).add(rowTerms.address()).struct();
            boolean mma = onTensorCores(s, in.q(), in.k(), in.v(), outGradient, gradients.q(), gradients.k(),
                    gradients.v());
            if (rows > 0) {
                cuda.launch("attention_row_terms" + suffix(out), Grid.of(Fields.ceilDiv(rows, ROW_TERM_THREADS)),
                        ROW_TERM_THREADS, 0, forward, backward, rows);
                launch("_gradient_queries", s, s.lengthQ(), mma, out, forward, backward);
            }
            if (rows(s, s.lengthK()) > 0) {
                launch("_gradient_keys", s, s.lengthK(), mma, out, forward, backward);
            }
        } finally {
            rowTerms.release();
        }
    }

    private static long rows(AttentionSpec s, int length) {
        return s.headDim() == 0 ? 0 : (long) s.n() * s.heads() * length;
    }

    /** Columns of a result that a block computes; there are instantiations for these. */
    private static int width(AttentionSpec s) {
        return Math.clamp(Fields.powerOfTwo(s.headDim()), 32, 128);
    }

    /** bfloat16 heads whose rows can be copied in pieces of 16 bytes. */
    private static boolean onTensorCores(AttentionSpec s, Buf... buffers) {
        boolean fits = s.headDim() % 8 == 0 && s.headDim() <= MMA_COLUMNS;
        for (long stride : new long[] {s.headStrideQ(), s.headStrideK(), s.headStrideV(), s.headStrideOut()}) {
            fits &= stride % 8 == 0;
        }
        for (var b : buffers) {
            fits &= b.type() == DType.BF16 && b.rowPitch() % 8 == 0 && b.address() % 16 == 0;
        }
        return fits;
    }

    /** @param length of the side that is cut into blocks: the results' */
    private void launch(String pass, AttentionSpec s, int length, boolean mma, Buf out, Object... arguments) {
        int blocks = Math.multiplyExact(Math.multiplyExact(s.n(), s.heads()), Fields.ceilDiv(length, ROWS));
        if (mma) {
            cuda.launch("attention_mma" + pass + "_d" + width(s) + "_bf16", Grid.of(blocks), MMA_THREADS, 0, arguments);
        } else {
            cuda.launch("attention" + pass + "_d" + width(s) + suffix(out),
                    new Grid(blocks, Fields.ceilDiv(s.headDim(), width(s)), 1), THREADS, 0, arguments);
        }
    }

    private static Fields fields(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp) {
        var f = new Fields();
        heads(f, in.q(), s.headStrideQ(), s.lengthQ());
        heads(f, in.k(), s.headStrideK(), s.lengthK());
        heads(f, in.v(), s.headStrideV(), s.lengthK());
        heads(f, out, s.headStrideOut(), s.lengthQ());
        return f.operand(mask).operand(logSumExp).add(s.heads(), s.headDim(), s.lengthQ(), s.lengthK(),
                s.causal() ? 1 : 0, (float) s.scale());
    }

    private static Fields heads(Fields f, Buf b, long headStride, int length) {
        return f.add(b.address(), b.rowPitch(), headStride, (long) length);
    }
}
