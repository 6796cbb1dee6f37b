package anneal.kernel.cuda;

import static anneal.kernel.cuda.CudaContext.suffix;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.ReduceOp;
import anneal.kernel.cuda.driver.Grid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Launches of kernels/reduce.cu: long folds with few results in several launches, cut by shape alone. */
final class CudaReduce {
    private static final int THREADS = 256;
    private static final int AXES = 6;
    /** Elements of a thread at least, before a fold is cut, and at most, because rounding errors grow with a chain. */
    private static final int SHORT_CHAIN = 16;
    private static final int LONG_CHAIN = 256;
    private static final int BLOCKS = 256;
    private static final int GRID_LIMIT = 65535;

    private final CudaContext cuda;

    CudaReduce(CudaContext cuda) {
        this.cuda = cuda;
    }

    private record Axis(long dim, long stride) {
    }

    /** What is left of the axes when neighbours that can be walked as one have been merged. */
    private record Fold(List<Axis> kept, List<Axis> folded) {
        long outputs() {
            return size(kept);
        }

        long length() {
            return size(folded);
        }

        private static long size(List<Axis> axes) {
            return axes.stream().mapToLong(Axis::dim).reduce(1, (a, b) -> a * b);
        }

        /** Whether neighbouring elements of a fold are neighbours in memory. */
        boolean isDense() {
            return !folded.isEmpty() && folded.getLast().stride == 1;
        }

        /** Threads that share one result. */
        int rows() {
            int all = Math.min(THREADS, Fields.powerOfTwo(length()));
            int sideBySide = isDense() ? 1 : Math.min(32, Fields.powerOfTwo(outputs()));
            return Math.min(all, THREADS / sideBySide);
        }
    }

    void reduce(ReduceOp f, int[] axes, Buf in, Buf out) {
        if (out.shape().size() > 0) {
            run(f.fn(), suffix(in), in.address(), fold(axes, in), out.address(), out.rowPitch(), out.type(),
                    out.shape().last(), f.alpha(), f.beta());
        }
    }

    private static Fold fold(int[] axes, Buf in) {
        var dims = in.shape().toArray();
        var kept = new ArrayList<Axis>();
        var folded = new ArrayList<Axis>();
        var strides = new long[dims.length];
        for (int i = dims.length - 1; i >= 0; i--) {
            strides[i] = i == dims.length - 1 ? 1 : i == dims.length - 2 ? in.rowPitch() : strides[i + 1] * dims[i + 1];
        }
        for (int i = 0; i < dims.length; i++) {
            append(Arrays.binarySearch(axes, i) >= 0 ? folded : kept, dims[i], strides[i]);
        }
        if (kept.size() > AXES || folded.size() > AXES) {
            throw new IllegalArgumentException("a reduction of " + in.shape() + "; cuda takes " + AXES + " axes");
        }
        return new Fold(kept, folded);
    }

    private static void append(List<Axis> axes, long dim, long stride) {
        if (dim == 1) {
            return;
        }
        var outer = axes.isEmpty() ? null : axes.getLast();
        if (outer != null && outer.stride == dim * stride) {
            axes.set(axes.size() - 1, new Axis(outer.dim * dim, stride));
        } else {
            axes.add(new Axis(dim, stride));
        }
    }

    private void run(ReduceOp.Fn fn, String suffix, long in, Fold fold, long out, long outPitch, DType outType,
                     long outColumns, double alpha, double beta) {
        int rows = fold.rows();
        int wide = THREADS / rows;
        long blocks = (fold.outputs() + wide - 1) / wide;
        long chunk = Math.clamp((fold.length() * blocks + BLOCKS - 1) / BLOCKS, (long) rows * SHORT_CHAIN,
                (long) rows * LONG_CHAIN);
        chunk = Math.max(chunk, (fold.length() + GRID_LIMIT - 1) / GRID_LIMIT);
        int chunks = (int) Math.max(1, (fold.length() + chunk - 1) / chunk);
        var grid = new Grid(Math.toIntExact(blocks), chunks, 1);
        if (chunks == 1) {
            launch(fn, suffix, in, shape(fold, chunk, wide, outColumns), grid,
                    new Fields().operand(out, outPitch, outType).struct(), alpha, beta);
            return;
        }
        var parts = cuda.scratch(Float.BYTES * chunks * fold.outputs());
        try {
            launch(fn, suffix, in, shape(fold, chunk, wide, fold.outputs()), grid,
                    new Fields().operand(parts.address(), fold.outputs(), DType.F32).struct(), 1, 0);
            var next = new Fold(List.of(new Axis(fold.outputs(), 1)), List.of(new Axis(chunks, fold.outputs())));
            run(fn == ReduceOp.Fn.MAX ? fn : ReduceOp.Fn.SUM, "_f32", parts.address(), next, out, outPitch, outType,
                    outColumns, alpha, beta);
        } finally {
            parts.release();
        }
    }

    private void launch(ReduceOp.Fn fn, String suffix, long in, Struct shape, Grid grid, Struct out,
                        double alpha, double beta) {
        int code = switch (fn) {
            case SUM -> 0;
            case SUM_SQUARES -> 1;
            case MAX -> 2;
        };
        cuda.launch("reduce" + suffix, grid, THREADS, 0, code, in, shape, out, (float) alpha, (float) beta);
    }

    private static Struct shape(Fold fold, long chunk, int wide, long outColumns) {
        return new Fields().addAll(dims(fold.kept)).addAll(strides(fold.kept)).addAll(dims(fold.folded))
                .addAll(strides(fold.folded)).add(fold.outputs(), fold.length(), chunk, (long) wide, outColumns)
                .struct();
    }

    private static long[] dims(List<Axis> axes) {
        var all = new long[AXES];
        Arrays.setAll(all, i -> i < AXES - axes.size() ? 1 : axes.get(i - AXES + axes.size()).dim);
        return all;
    }

    private static long[] strides(List<Axis> axes) {
        var all = new long[AXES];
        Arrays.setAll(all, i -> i < AXES - axes.size() ? 0 : axes.get(i - AXES + axes.size()).stride);
        return all;
    }
}
