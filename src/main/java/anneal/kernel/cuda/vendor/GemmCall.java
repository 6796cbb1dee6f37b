package anneal.kernel.cuda.vendor;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.GemmSpec;
import anneal.kernel.Precision;
import java.util.Optional;

/**
 * What cublasGemmStridedBatchedEx is called with. cuBLAS counts down columns, so that it sees each of our matrices
 * transposed: it is asked for op(b)^T op(a)^T, m and n change places, and no matrix is touched.
 */
record GemmCall(int opFirst, int opSecond, int m, int n, int k, Operand first, Operand second, Operand result,
        int batch,
                int computeType) {
    static final int NOT_TRANSPOSED = 0;
    static final int TRANSPOSED = 1;
    static final int R_32F = 0;
    static final int R_16BF = 14;
    static final int COMPUTE_32F = 68;
    static final int COMPUTE_32F_FAST_TF32 = 77;
    /** Let cuBLAS choose. */
    static final int DEFAULT_ALGORITHM = -1;

    /**
     * A matrix of a batch.
     *
     * @param leading elements from one of our rows to the next
     * @param stride  elements from one matrix to the next
     */
    record Operand(long address, int type, int leading, long stride) {
        private static Operand of(Buf b, int columns, long stride) {
            return new Operand(b.address(), dataType(b), Math.toIntExact(Math.max(b.rowPitch(), columns)), stride);
        }
    }

    /** Empty for what cuBLAS does not multiply: nothing, mixed operands, or float32 to bfloat16. */
    static Optional<GemmCall> of(GemmSpec s, Buf a, Buf b, Buf c, Precision precision) {
        boolean something = s.batch() > 0 && s.m() > 0 && s.n() > 0 && s.k() > 0;
        boolean types = a.type() == b.type() && (c.type() == DType.F32 || c.type() == a.type());
        long longest = Math.max(a.rowPitch(), Math.max(b.rowPitch(), c.rowPitch()));
        if (!something || !types || longest > Integer.MAX_VALUE) {
            return Optional.empty();
        }
        return Optional.of(new GemmCall(op(s.transB()), op(s.transA()), s.n(), s.m(), s.k(),
                Operand.of(b, s.transB() ? s.k() : s.n(), s.strideB()), Operand.of(a, s.transA() ? s.m() : s.k(),
                s.strideA()),
                Operand.of(c, s.n(), s.strideC()), s.batch(),
                precision == Precision.TF32 && a.type() == DType.F32 ? COMPUTE_32F_FAST_TF32 : COMPUTE_32F));
    }

    private static int op(boolean transposed) {
        return transposed ? TRANSPOSED : NOT_TRANSPOSED;
    }

    private static int dataType(Buf b) {
        return switch (b.type()) {
            case F32 -> R_32F;
            case BF16 -> R_16BF;
            case F64, I32 -> throw new IllegalArgumentException("a product of " + b.type() + " on a GPU");
        };
    }
}
