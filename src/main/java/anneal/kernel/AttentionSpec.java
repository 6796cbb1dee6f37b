package anneal.kernel;

/**
 * Scaled dot-product attention, softmax(scale * q k^T) v for every sample and head ("Attention Is All You Need", eq. 1).
 *
 * <p>q, k, v and out are given as the buffer of head 0, shape [n, length, headDim] with a row pitch; head j lies
 * {@code j * headStride} elements further on. So the q, k, v parts of one packed buffer are views, in either order.
 *
 * @param causal position i sees keys 0..i
 */
public record AttentionSpec(int n, int heads, int headDim, int lengthQ, int lengthK,
                            long headStrideQ, long headStrideK, long headStrideV, long headStrideOut,
                            boolean causal, double scale) implements Spec {
    public double flops() {
        return 4.0 * n * heads * lengthQ * lengthK * headDim;
    }
}
