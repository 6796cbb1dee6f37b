package anneal.kernel.reference;

import anneal.kernel.AttentionSpec;
import anneal.kernel.Buf;
import anneal.kernel.Qkv;

/**
 * Attention one sample and head at a time: P = softmax(scale * Q K^T), O = P V. The backward pass rebuilds P from the
 * saved log of its denominator ("FlashAttention", appendix B.2, without the tiles).
 */
final class ReferenceAttention {
    private final AttentionSpec s;
    private final double[] mask;

    private ReferenceAttention(AttentionSpec s, Buf mask) {
        this.s = s;
        this.mask = mask == null ? null : Values.read(mask);
    }

    static void forward(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp) {
        var attention = new ReferenceAttention(s, mask);
        var denominators = new double[s.n() * s.heads() * s.lengthQ()];
        for (int head = 0; head < s.heads(); head++) {
            var q = attention.head(in.q(), head, s.headStrideQ());
            var k = attention.head(in.k(), head, s.headStrideK());
            var v = attention.head(in.v(), head, s.headStrideV());
            var o = new double[q.length];
            for (int n = 0; n < s.n(); n++) {
                attention.forward(n, head, q, k, v, o, denominators);
            }
            Values.write(o, headBuf(out, head, s.headStrideOut()));
        }
        Values.write(denominators, logSumExp);
    }

    static void backward(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp, Buf outGradient, Qkv gradients) {
        var attention = new ReferenceAttention(s, mask);
        var denominators = Values.read(logSumExp);
        for (int head = 0; head < s.heads(); head++) {
            attention.backward(head, in, denominators, out, outGradient, gradients);
        }
    }

    private void forward(int n, int head, double[] q, double[] k, double[] v, double[] o, double[] denominators) {
        var p = new double[s.lengthK()];
        for (int i = 0; i < s.lengthQ(); i++) {
            int row = n * s.lengthQ() + i;
            for (int j = 0; j < p.length; j++) {
                p[j] = score(n, i, j, q, k);
            }
            double lse = ReferenceSoftmax.logSumExp(p, 0, p.length);
            denominators[(n * s.heads() + head) * s.lengthQ() + i] = lse;
            for (int j = 0; j < p.length; j++) {
                addScaled(probability(p[j], lse), v, n * s.lengthK() + j, o, row);
            }
        }
    }

    private void backward(int head, Qkv in, double[] denominators, Buf out, Buf outGradient, Qkv gradients) {
        var q = head(in.q(), head, s.headStrideQ());
        var k = head(in.k(), head, s.headStrideK());
        var v = head(in.v(), head, s.headStrideV());
        var o = head(out, head, s.headStrideOut());
        var dO = head(outGradient, head, s.headStrideOut());
        var dQ = new double[q.length];
        var dK = new double[k.length];
        var dV = new double[v.length];
        for (int n = 0; n < s.n(); n++) {
            for (int i = 0; i < s.lengthQ(); i++) {
                int row = n * s.lengthQ() + i;
                double lse = denominators[(n * s.heads() + head) * s.lengthQ() + i];
                double rowTerm = dot(dO, row, o, row);
                for (int j = 0; j < s.lengthK(); j++) {
                    int key = n * s.lengthK() + j;
                    double p = probability(score(n, i, j, q, k), lse);
                    addScaled(p, dO, row, dV, key);
                    double dScore = p * (dot(dO, row, v, key) - rowTerm) * s.scale();
                    addScaled(dScore, k, key, dQ, row);
                    addScaled(dScore, q, row, dK, key);
                }
            }
        }
        Values.write(dQ, headBuf(gradients.q(), head, s.headStrideQ()));
        Values.write(dK, headBuf(gradients.k(), head, s.headStrideK()));
        Values.write(dV, headBuf(gradients.v(), head, s.headStrideV()));
    }

    /** The logit of query {@code i} and key {@code j}; minus infinity where the key may not be seen. */
    private double score(int n, int i, int j, double[] q, double[] k) {
        int key = n * s.lengthK() + j;
        if (s.causal() && j > i || mask != null && mask[key] == 0) {
            return Double.NEGATIVE_INFINITY;
        }
        return s.scale() * dot(q, n * s.lengthQ() + i, k, key);
    }

    private static double probability(double score, double logSumExp) {
        return score == Double.NEGATIVE_INFINITY ? 0 : StrictMath.exp(score - logSumExp);
    }

    private double dot(double[] a, int rowOfA, double[] b, int rowOfB) {
        int d = s.headDim();
        double sum = 0;
        for (int c = 0; c < d; c++) {
            sum += a[rowOfA * d + c] * b[rowOfB * d + c];
        }
        return sum;
    }

    private void addScaled(double factor, double[] from, int fromRow, double[] to, int toRow) {
        int d = s.headDim();
        for (int c = 0; c < d; c++) {
            to[toRow * d + c] += factor * from[fromRow * d + c];
        }
    }

    private double[] head(Buf b, int head, long stride) {
        return Values.read(headBuf(b, head, stride));
    }

    private static Buf headBuf(Buf b, int head, long stride) {
        return new Buf(b.storage(), b.offset() + head * stride, b.type(), b.shape(), b.rowPitch());
    }
}
