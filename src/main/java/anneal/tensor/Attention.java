package anneal.tensor;

import anneal.kernel.AttentionSpec;
import anneal.kernel.Buf;
import anneal.kernel.Qkv;
import anneal.kernel.Shape;

/**
 * Multi-head scaled dot-product attention, scale 1/sqrt(headDim), heads concatenated along the channels.
 *
 * @param packing how queries, keys and values are given
 * @param causal  position i sees keys 0..i
 */
public record Attention(int heads, Packing packing, boolean causal) implements Op {
    /** Three tensors, or one of 3C channels: per head q, k, v (the legacy order of guided-diffusion), or all q, all k, all v. */
    public enum Packing { SEPARATE, HEAD_MAJOR, QKV_MAJOR }

    /**
     * Self-attention over a packed tensor.
     *
     * @param qkv [N, T, 3C], C = heads * headDim
     * @return [N, T, C]
     */
    public static Tensor selfAttention(Tensor qkv, int heads, Packing packing) {
        if (packing == Packing.SEPARATE || qkv.rank() != 3 || qkv.dim(2) % (3 * heads) != 0) {
            throw new IllegalArgumentException("self-attention with " + heads + " heads on " + qkv.shape()
                    + " (" + packing + "); [N, T, 3C] with C a multiple of the heads is needed");
        }
        return Op.apply(new Attention(heads, packing, false), qkv, null, null, null);
    }

    /**
     * @param q    [N, Tq, C]
     * @param k    [N, Tk, C]
     * @param v    [N, Tk, C]
     * @param mask [N, Tk], 1 = may be seen; or null
     * @return [N, Tq, C]
     */
    public static Tensor attention(Tensor q, Tensor k, Tensor v, int heads, boolean causal, Tensor mask) {
        if (q.rank() != 3 || k.rank() != 3 || !k.shape().equals(v.shape()) || q.dim(0) != k.dim(0)
                || q.dim(2) != k.dim(2) || q.dim(2) % heads != 0) {
            throw new IllegalArgumentException("attention with " + heads + " heads on q " + q.shape() + ", k "
                    + k.shape() + ", v " + v.shape());
        }
        return Op.apply(new Attention(heads, Packing.SEPARATE, causal), q, k, v, mask == null ? null : mask.detach());
    }

    private AttentionSpec spec(Shape q, Shape k) {
        int d = q.dim(2) / (packing == Packing.SEPARATE ? heads : 3 * heads);
        long step = packing == Packing.HEAD_MAJOR ? 3L * d : d;
        return new AttentionSpec(q.dim(0), heads, d, q.dim(1), k.dim(1), step, step, step, d, causal, 1 / Math.sqrt(d));
    }

    /** Head 0 of q, k and v. */
    private Qkv heads(AttentionSpec s, Tensor q, Tensor k, Tensor v) {
        int d = s.headDim();
        if (packing == Packing.SEPARATE) {
            return new Qkv(q.buf().columns(0, d), k.buf().columns(0, d), v.buf().columns(0, d));
        }
        int step = packing == Packing.HEAD_MAJOR ? d : d * s.heads();
        Buf b = q.buf();
        return new Qkv(b.columns(0, d), b.columns(step, step + d), b.columns(2 * step, 2 * step + d));
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        boolean packed = packing != Packing.SEPARATE;
        AttentionSpec s = spec(in[0].shape(), packed ? in[0].shape() : in[1].shape());
        Tensor out = c.device().empty(in[0].dtype(), Shape.of(s.n(), s.lengthQ(), s.heads() * s.headDim()));
        Tensor logSumExp = c.device().empty(Shape.of(s.n(), s.heads(), s.lengthQ()));
        Buf mask = NormOptions.bufOf(in[3]);
        c.kernels().attention(s, heads(s, in[0], in[1], in[2]), mask, out.buf().columns(0, s.headDim()),
                logSumExp.buf());
        c.save(in[0], in[1], in[2], in[3], out, logSumExp);
        return out;
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        Device d = c.device();
        boolean packed = packing != Packing.SEPARATE;
        AttentionSpec s = spec(c.inputShape(0), packed ? c.inputShape(0) : c.inputShape(1));
        Tensor dq = d.empty(g.dtype(), c.inputShape(0));
        Tensor dk = packed ? null : d.empty(g.dtype(), c.inputShape(1));
        Tensor dv = packed ? null : d.empty(g.dtype(), c.inputShape(2));
        c.kernels().attentionBackward(s, heads(s, c.saved(0), c.saved(1), c.saved(2)),
                NormOptions.bufOf(c.saved(3)), c.saved(4).buf().columns(0, s.headDim()), c.saved(5).buf(),
                g.buf().columns(0, s.headDim()), heads(s, dq, dk, dv));
        return new Tensor[] {dq, dk, dv, null};
    }
}
