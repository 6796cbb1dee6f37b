package anneal.kernel.cpu;

/**
 * What attention does to a block of scores between its matrix products. A block has a row for each key and a column
 * for each query, {@link TileLanes#PANEL} floats from row to row, so that a vector holds one key's scores for
 * neighbouring queries and no operation works across a vector. Rows from {@code keys} on are not touched.
 */
public interface ScoreLanes {
    /**
     * One step of the online softmax ("FlashAttention", Algorithm 1): turns scores into exponentials relative to the
     * running maximum and updates the running maximum and sum of every query. A score that is not visible becomes 0.
     *
     * @param keys       rows of the block
     * @param queries    columns in use, 1 to {@link TileLanes#PANEL}
     * @param scores     the block; becomes the exponentials
     * @param scale      factor of the scores
     * @param visible    address of a float for each key, 0 hides it from all queries; or 0 when all may be seen
     * @param diagonal   query i sees key j if i + diagonal >= j; a large number lets all be seen
     * @param state      three panels of floats: maximum, sum, and, written, the factor by which all earlier
     *                   exponentials must be multiplied
     */
    void softmax(int keys, int queries, long scores, float scale, long visible, int diagonal, long state);

    /**
     * The softmax's gradient: from scores s and the gradient g of its output, p = exp(s * scale - logSumExp) and
     * scale * p * (g - delta), written over s and g.
     *
     * @param logSumExp a panel of floats, one for each query
     * @param delta     a panel of floats, one for each query: the inner product of output and output gradient
     */
    void softmaxGradient(int keys, int queries, long scores, long gradients, float scale, long visible, int diagonal,
                         long logSumExp, long delta);

    /** {@code out[i] = sum over k of a[k, i] * b[k, i]} for blocks of {@code depth} rows. */
    void innerProducts(int depth, int queries, long a, long b, long out);
}
