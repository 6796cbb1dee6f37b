package anneal.kernel;

/**
 * {@code c[b] = epilogue(op(a[b]) op(b[b]))} for b in 0..batch-1; op(a) is m x k, op(b) is k x n, c is m x n. Row
 * pitches come from the buffers, whose last axis is dense. A batch stride of 0 uses the same matrix for every entry.
 *
 * <p>A buffer's shape is one matrix, or [batch, rows, columns]; an epilogue's residual is [m, n] or [batch, m, n].
 *
 * @param transA a is stored k x m
 * @param transB b is stored n x k (a linear layer's weight [out, in])
 */
public record GemmSpec(int batch, int m, int n, int k, boolean transA, boolean transB,
                       long strideA, long strideB, long strideC) implements Spec {
    public static GemmSpec of(int m, int n, int k, boolean transA, boolean transB) {
        return new GemmSpec(1, m, n, k, transA, transB, 0, 0, 0);
    }

    public double flops() {
        return 2.0 * batch * m * n * k;
    }
}
