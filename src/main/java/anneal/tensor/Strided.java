package anneal.tensor;

import anneal.kernel.Buf;
import anneal.kernel.CopySpec;
import anneal.kernel.Shape;

/** Element strides of buffers, for the copies behind permute, slice, pad and concatenation. */
final class Strided {
    private Strided() {
    }

    /** Strides of every axis; a buffer's leading axes are dense in units of its row pitch. */
    static long[] strides(Buf b) {
        Shape s = b.shape();
        long[] out = new long[s.rank()];
        long n = b.rowPitch();
        for (int i = s.rank() - 2; i >= 0; i--) {
            out[i] = n;
            n *= s.dim(i);
        }
        if (out.length > 0) {
            out[out.length - 1] = 1;
        }
        return out;
    }

    /** Copies all of {@code src} into the region of {@code dst} that starts at element {@code at}. */
    static CopySpec intoRegion(Buf src, Buf dst, long at) {
        return new CopySpec(src.shape().toArray(), 0, strides(src), at, strides(dst), false);
    }

    /** Copies into all of {@code dst} the region of {@code src} that starts at element {@code at}. */
    static CopySpec fromRegion(Buf src, long at, Buf dst) {
        return new CopySpec(dst.shape().toArray(), at, strides(src), 0, strides(dst), false);
    }
}
