package anneal.kernel.cuda.vendor;

import anneal.kernel.AttentionSpec;
import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Qkv;
import java.util.Optional;

/**
 * What cuDNN's descriptors are made of for attention; two calls that are equal here share them. Extents are in cuDNN's
 * order: sample, head, row, column.
 *
 * @param outGradient strides of the backward pass's input; null forward
 * @param dq          strides of its results, as of q, k and v; null forward
 */
record AttentionCall(int n, int heads, int lengthQ, int lengthK, int headDim, View q, View k, View v, View out,
                     View outGradient, View dq, View dk, View dv) {
    /** What cuDNN is told of the alignment of every tensor, in bytes. */
    static final int ALIGNMENT = 16;
    private static final int CHUNK = 8;
    private static final int WIDEST = 128;

    /** Elements from one sample, head and row to the next; columns lie side by side. */
    record View(long sample, long head, long row) {
        private static View of(Buf b, long headStride, int length) {
            return new View(b.rowPitch() * length, headStride, b.rowPitch());
        }
    }

    boolean isBackward() {
        return outGradient != null;
    }

    /** Empty for what is left to our kernels: a mask, other types than bfloat16, rows at odd places, odd or wide heads. */
    static Optional<AttentionCall> forward(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp) {
        if (!fits(s, mask, logSumExp, in.q(), in.k(), in.v(), out)) {
            return Optional.empty();
        }
        return Optional.of(new AttentionCall(s.n(), s.heads(), s.lengthQ(), s.lengthK(), s.headDim(),
                View.of(in.q(), s.headStrideQ(), s.lengthQ()), View.of(in.k(), s.headStrideK(), s.lengthK()),
                View.of(in.v(), s.headStrideV(), s.lengthK()), View.of(out, s.headStrideOut(), s.lengthQ()), null, null,
                null, null));
    }

    /** The same of the backward pass. */
    static Optional<AttentionCall> backward(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp, Buf outGradient,
                                            Qkv gradients) {
        if (!fits(s, mask, logSumExp, outGradient, gradients.q(), gradients.k(), gradients.v())) {
            return Optional.empty();
        }
        return forward(s, in, mask, out, logSumExp).map(f -> new AttentionCall(f.n, f.heads, f.lengthQ, f.lengthK,
                f.headDim, f.q, f.k, f.v, f.out, View.of(outGradient, s.headStrideOut(), s.lengthQ()),
                View.of(gradients.q(), s.headStrideQ(), s.lengthQ()), View.of(gradients.k(), s.headStrideK(), s.lengthK()),
                View.of(gradients.v(), s.headStrideV(), s.lengthK())));
    }

    private static boolean fits(AttentionSpec s, Buf mask, Buf logSumExp, Buf... tensors) {
        boolean something = s.n() > 0 && s.heads() > 0 && s.lengthQ() > 0 && s.lengthK() > 0 && s.headDim() > 0;
        boolean fits = something && mask == null && !s.causal() && s.headDim() % CHUNK == 0 && s.headDim() <= WIDEST
                && logSumExp.type() == DType.F32 && logSumExp.isDense();
        for (long stride : new long[] {s.headStrideQ(), s.headStrideK(), s.headStrideV(), s.headStrideOut()}) {
            fits &= stride % CHUNK == 0;
        }
        for (var b : tensors) {
            fits &= b.type() == DType.BF16 && b.rowPitch() % CHUNK == 0 && b.address() % ALIGNMENT == 0;
        }
        return fits;
    }
}
