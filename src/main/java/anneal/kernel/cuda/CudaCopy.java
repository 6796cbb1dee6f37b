package anneal.kernel.cuda;

import static anneal.kernel.cuda.CudaContext.suffix;

import anneal.kernel.Buf;
import anneal.kernel.CopySpec;
import anneal.kernel.cuda.driver.Grid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Launches of kernels/copy.cu, with as few axes as the strides allow, the destination's fastest innermost. */
final class CudaCopy {
    private static final int THREADS = 256;
    private static final int BLOCKS = 1 << 16;
    private static final int AXES = 8;

    private final CudaContext cuda;

    CudaCopy(CudaContext cuda) {
        this.cuda = cuda;
    }

    private record Axis(long dim, long from, long to) {
    }

    void copy(CopySpec s, Buf src, Buf dst) {
        long size = 1;
        for (int d : s.dims()) {
            size *= d;
        }
        if (size == 0) {
            return;
        }
        var axes = axes(s);
        if (axes.size() > AXES) {
            throw new IllegalArgumentException("a copy over " + axes.size() + " axes; cuda takes " + AXES);
        }
        var dims = new long[AXES];
        var from = new long[AXES];
        var to = new long[AXES];
        for (int i = 0; i < AXES; i++) {
            int at = i - (AXES - axes.size());
            var axis = at < 0 ? new Axis(1, 0, 0) : axes.get(at);
            dims[i] = axis.dim;
            from[i] = axis.from;
            to[i] = axis.to;
        }
        cuda.launch("copy" + suffix(src) + suffix(dst),
                Grid.of((int) Math.min(BLOCKS, (size + THREADS - 1) / THREADS)), THREADS, 0,
                src.address() + s.srcOffset() * src.type().bytes(), dst.address() + s.dstOffset() * dst.type().bytes(),
                new Fields().addAll(dims).addAll(from).addAll(to).add(size).struct(), s.accumulate() ? 1 : 0);
    }

    private static List<Axis> axes(CopySpec s) {
        var all = new ArrayList<Axis>();
        for (int i = 0; i < s.dims().length; i++) {
            if (s.dims()[i] > 1) {
                all.add(new Axis(s.dims()[i], s.srcStrides()[i], s.dstStrides()[i]));
            }
        }
        all.sort(Comparator.comparingLong((Axis a) -> Math.abs(a.to)).reversed());
        var merged = new ArrayList<Axis>();
        for (var axis : all) {
            var outer = merged.isEmpty() ? null : merged.getLast();
            if (outer != null && outer.from == axis.dim * axis.from && outer.to == axis.dim * axis.to) {
                merged.set(merged.size() - 1, new Axis(outer.dim * axis.dim, axis.from, axis.to));
            } else {
                merged.add(axis);
            }
        }
        return merged;
    }
}
