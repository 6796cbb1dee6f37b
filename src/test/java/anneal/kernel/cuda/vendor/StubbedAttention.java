package anneal.kernel.cuda.vendor;

import anneal.kernel.AttentionSpec;
import anneal.kernel.Backend;
import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Qkv;
import anneal.kernel.Shape;
import anneal.kernel.reference.ReferenceBackend;
import java.util.Random;

/** Attention through cuDNN's graphs, forward and backward, beside the reference: a part of {@link StubbedVendor}. */
final class StubbedAttention {
    /** Roundings of results, and of the weights before they are multiplied, to bfloat16. */
    private static final double TOLERANCE = 0.01;

    private final VendorLibraries vendor;
    private final Backend memory;
    private final ReferenceBackend reference = new ReferenceBackend();
    private final Random random = new Random(5);
    private int agreed;

    private StubbedAttention(VendorLibraries vendor, Backend memory) {
        this.vendor = vendor;
        this.memory = memory;
    }

    /** How many results agree. */
    static int agreed(VendorLibraries vendor, Backend memory) {
        var test = new StubbedAttention(vendor, memory);
        test.attention(1, 1, 8, 1, 2, false);
        test.attention(2, 3, 16, 5, 7, false);
        test.attention(2, 2, 64, 9, 9, true);
        test.attention(1, 2, 24, 6, 4, false);
        test.refused();
        return test.agreed;
    }

    /** The same numbers on both devices. */
    private record Twice(Buf here, Buf there) {
        Twice columns(int from, int to) {
            return new Twice(here.columns(from, to), there.columns(from, to));
        }
    }

    private Twice tensor(DType type, boolean filled, int... dims) {
        var shape = Shape.of(dims);
        var here = Buf.dense(memory.allocate(shape.size() * type.bytes()), type, shape);
        var there = Buf.dense(reference.allocate(shape.size() * Double.BYTES), DType.F64, shape);
        var values = random.doubles(shape.size(), -2, 2).map(v -> filled ? v : Double.NaN).toArray();
        memory.upload(values, here);
        reference.upload(memory.downloadDoubles(here), there);
        return new Twice(here, there);
    }

    /** @param packed whether q, k and v, and their gradients, lie in one buffer each */
    private void attention(int n, int heads, int d, int lengthQ, int lengthK, boolean packed) {
        var s = new AttentionSpec(n, heads, d, lengthQ, lengthK, d, d, d, d, false, 0.3);
        var in = parts(s, true, packed);
        var whole = tensor(DType.BF16, false, n, lengthQ, heads * d);
        var out = whole.columns(0, d);
        var logSumExp = tensor(DType.F32, false, n, heads, lengthQ);
        var here = new Qkv(in[0].here, in[1].here, in[2].here);
        var there = new Qkv(in[0].there, in[1].there, in[2].there);
        reference.kernels().attention(s, there, null, out.there, logSumExp.there);
        if (!vendor.attention(s, here, null, out.here, logSumExp.here, memory::allocate)) {
            throw new AssertionError("cuDNN must take " + s);
        }
        agree(s + " out", heads, out);
        agree(s + " logSumExp", 0, logSumExp);
        // the way back starts from the same numbers: what rounding out to bfloat16 does to it is not the question
        reference.upload(memory.downloadDoubles(whole.here), whole.there);
        var outGradient = tensor(DType.BF16, true, n, lengthQ, heads * d).columns(0, d);
        var gradients = parts(s, false, packed);
        reference.kernels().attentionBackward(s, there, null, out.there, logSumExp.there, outGradient.there,
                new Qkv(gradients[0].there, gradients[1].there, gradients[2].there));
        if (!vendor.attentionBackward(s, here, null, out.here, logSumExp.here, outGradient.here,
                new Qkv(gradients[0].here, gradients[1].here, gradients[2].here), memory::allocate)) {
            throw new AssertionError("cuDNN must take the gradients of " + s);
        }
        for (var g : gradients) {
            agree(s + " gradient", heads, g);
        }
    }

    private Twice[] parts(AttentionSpec s, boolean filled, boolean packed) {
        int d = s.headDim();
        int width = s.heads() * d;
        if (packed) {
            var all = tensor(DType.BF16, filled, s.n(), s.lengthQ(), 3 * width);
            return new Twice[] {all.columns(0, d), all.columns(width, width + d), all.columns(2 * width, 2 * width + d)};
        }
        return new Twice[] {tensor(DType.BF16, filled, s.n(), s.lengthQ(), width).columns(0, d),
            tensor(DType.BF16, filled, s.n(), s.lengthK(), width).columns(0, d),
            tensor(DType.BF16, filled, s.n(), s.lengthK(), width).columns(0, d)};
    }

    /** What cuDNN has no kernel for, or is not asked. */
    private void refused() {
        var causal = new AttentionSpec(1, 1, 8, 3, 3, 8, 8, 8, 8, true, 1);
        var odd = new AttentionSpec(1, 1, 12, 3, 3, 12, 12, 12, 12, false, 1);
        var unsupported = new AttentionSpec(1, 1, 40, 3, 3, 40, 40, 40, 40, false, 1);
        for (var s : new AttentionSpec[] {causal, odd, unsupported}) {
            var in = parts(s, true, false);
            var out = tensor(DType.BF16, false, 1, 3, s.headDim());
            var logSumExp = tensor(DType.F32, false, 1, 1, 3);
            if (vendor.attention(s, new Qkv(in[0].here, in[1].here, in[2].here), null, out.here, logSumExp.here,
                    memory::allocate)) {
                throw new AssertionError(s + " must be left to our kernels");
            }
        }
    }

    /** @param heads that lie behind one another from this view on; 0 for the view alone */
    private void agree(String what, int heads, Twice t) {
        double difference = 0;
        double norm = 0;
        for (int head = 0; head < Math.max(1, heads); head++) {
            var got = memory.downloadDoubles(head(t.here, head));
            var wanted = reference.downloadDoubles(head(t.there, head));
            for (int i = 0; i < got.length; i++) {
                difference += Math.pow(got[i] - wanted[i], 2);
                norm += Math.pow(wanted[i], 2);
            }
        }
        if (!(Math.sqrt(difference / norm) <= TOLERANCE)) {
            throw new AssertionError(what + ": relative error " + Math.sqrt(difference / norm));
        }
        agreed++;
    }

    private static Buf head(Buf b, int head) {
        return new Buf(b.storage(), b.offset() + (long) head * b.shape().last(), b.type(), b.shape(), b.rowPitch());
    }
}
