package anneal.kernel.cpu;

import anneal.kernel.AttentionSpec;
import anneal.kernel.Buf;
import anneal.kernel.Qkv;
import anneal.kernel.Shape;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

class CpuAttentionTest {
    private static int pick(Random random, int... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** Queries, keys and values as thirds of one packed buffer, or of lengths of their own. */
    @RepeatedTest(40)
    void forwardAndBackwardAgreeWithTheReference(RepetitionInfo repetition) {
        int seed = repetition.getCurrentRepetition();
        var random = new Random(seed);
        try (var t = new Twin(random)) {
            int n = pick(random, 1, 2, 3);
            int heads = pick(random, 1, 2, 5, 8);
            int d = pick(random, 1, 3, 8, 16, 33, 64, 70);
            int lengthQ = pick(random, 1, 4, 7, 16, 63, 65, 200);
            boolean packed = random.nextInt(3) == 0;
            int lengthK = packed ? lengthQ : pick(random, 1, 3, 16, 127, 130, 300);
            boolean causal = random.nextInt(3) == 0;
            int c = heads * d;
            var spec = new AttentionSpec(n, heads, d, lengthQ, lengthK, d, d, d, d, causal, 1 / Math.sqrt(d));
            var mask = random.nextBoolean() ? mask(t, random, n, lengthK) : null;
            var q = packed ? t.normal(n, lengthQ, 3 * c) : t.pitched(2, n, lengthQ, c);
            var k = packed ? q : t.normal(n, lengthK, c);
            var v = packed ? q : t.pitched(1, n, lengthK, c);
            var out = t.pitched(3, n, lengthQ, c);
            var lse = t.normal(n, heads, lengthQ);
            var dOut = t.pitched(3, n, lengthQ, c);
            var dQ = packed ? t.normal(n, lengthQ, 3 * c) : t.pitched(2, n, lengthQ, c);
            var dK = packed ? dQ : t.normal(n, lengthK, c);
            var dV = packed ? dQ : t.pitched(1, n, lengthK, c);
            var kernels = t.reference.kernels();
            var in = heads(packed, d, c, q.truth(), k.truth(), v.truth());
            var grads = heads(packed, d, c, dQ.truth(), dK.truth(), dV.truth());
            var maskTruth = mask == null ? null : mask.truth();
            kernels.attention(spec, in, maskTruth, first(out.truth(), d), lse.truth());
            kernels.attentionBackward(spec, in, maskTruth, first(out.truth(), d), lse.truth(), first(dOut.truth(), d),
                    grads);
            t.check(spec + (mask == null ? "" : " masked"), 3e-6, side -> {
                var attention = new CpuAttention(side.context);
                var a = side.buf(q);
                var x = heads(packed, d, c, a, packed ? a : side.buf(k), packed ? a : side.buf(v));
                var b = side.buf(dQ);
                Buf[] to = {side.buf(out), side.buf(lse), b, packed ? b : side.buf(dK), packed ? b : side.buf(dV)};
                var m = side.buf(mask);
                attention.forward(spec, x, m, first(to[0], d), to[1]);
                attention.backward(spec, x, m, first(to[0], d), to[1], first(side.buf(dOut), d),
                        heads(packed, d, c, to[2], to[3], to[4]));
                return to;
            }, out.truth(), lse.truth(), dQ.truth(), dK.truth(), dV.truth());
        }
    }

    /** Some keys hidden, and all of the first sample's. */
    private static Twin.Operand mask(Twin t, Random random, int n, int lengthK) {
        var values = new float[n * lengthK];
        for (int i = 0; i < values.length; i++) {
            values[i] = i < lengthK && n > 1 || random.nextInt(3) == 0 ? 0 : 1;
        }
        return t.of(values, 0, Shape.of(n, lengthK));
    }

    private static Qkv heads(boolean packed, int d, int c, Buf q, Buf k, Buf v) {
        return packed ? new Qkv(q.columns(0, d), k.columns(c, c + d), v.columns(2 * c, 2 * c + d))
                : new Qkv(first(q, d), first(k, d), first(v, d));
    }

    private static Buf first(Buf b, int d) {
        return b.columns(0, d);
    }
}
