package anneal.kernel.cpu;

import anneal.kernel.Buf;
import anneal.kernel.ReduceOp;
import java.util.function.LongConsumer;

/**
 * {@link anneal.kernel.Kernels#reduce} as a tree of fixed form: the lanes fold short pieces in float, and the pieces
 * of one result are joined one after another in double. The pieces depend on the shape alone.
 */
final class ReduceKernel {
    /** Columns that one task folds. */
    private static final int COLUMNS = 2048;

    private final CpuContext cpu;

    ReduceKernel(CpuContext cpu) {
        this.cpu = cpu;
    }

    void reduce(ReduceOp op, int[] axes, Buf in, Buf out) {
        if (out.shape().size() > 0) {
            new Run(op, new boolean[in.shape().rank()], axes, in, out).start();
        }
    }

    /** One call: the reduced axes and the kept ones as two nests of loops over {@code in}. */
    private final class Run {
        private final ReduceOp op;
        private final StridedLoop kept;
        private final StridedLoop folded;
        private final long in;
        private final long out;

        Run(ReduceOp op, boolean[] isFolded, int[] axes, Buf in, Buf out) {
            this.op = op;
            this.in = in.address();
            this.out = out.address();
            for (int axis : axes) {
                isFolded[axis] = true;
            }
            int[] keptDims = in.shape().toArray();
            int[] foldedDims = keptDims.clone();
            for (int i = 0; i < isFolded.length; i++) {
                (isFolded[i] ? keptDims : foldedDims)[i] = 1;
            }
            var inStrides = StridedLoop.strides(in, in.shape());
            kept = StridedLoop.of(keptDims, new long[][] {inStrides, StridedLoop.strides(out, out.shape())});
            folded = StridedLoop.of(foldedDims, new long[][] {inStrides});
        }

        void start() {
            if (kept.inner() > 1 && kept.innerStride(0) == 1) {
                overRows();
            } else {
                alongRows();
            }
        }

        /** The innermost axis stays: whole rows are folded into one another. */
        private void overRows() {
            long bytes = kept.inner() * Float.BYTES;
            int width = (int) Math.min(COLUMNS, kept.inner());
            long strips = (kept.inner() + width - 1) / width;
            var pieces = pieces(ReduceLanes.ROWS);
            long partial = cpu.memory().allocate(kept.rows() * pieces.count() * bytes);
            try {
                forEach(kept.rows() * pieces.count() * strips, width * pieces.length(), i -> {
                    long part = i / strips;
                    long first = (i - part * strips) * width;
                    foldStrip(pieces, part, first, (int) Math.min(width, kept.inner() - first),
                            partial + part * bytes + first * Float.BYTES);
                });
                forEach(kept.rows() * kept.inner(), pieces.count(), i -> joinColumn(i, pieces.count(), partial));
            } finally {
                cpu.memory().free(partial);
            }
        }

        private void foldStrip(Pieces pieces, long part, long first, int width, long to) {
            long row = part / pieces.count();
            long piece = part - row * pieces.count();
            long from = in + 4 * (kept.offset(0, row) + first + pieces.offset(piece));
            cpu.lanes().reduce().columns(op.fn(), from, 4 * pieces.stride(), pieces.length(piece), width, to);
        }

        private void joinColumn(long result, long pieces, long partial) {
            long row = result / kept.inner();
            long column = result - row * kept.inner();
            long at = partial + 4 * (row * pieces * kept.inner() + column);
            double r = ReduceLanes.identity(op.fn());
            for (long piece = 0; piece < pieces; piece++) {
                r = join(r, Native.get(at + 4 * piece * kept.inner()));
            }
            store(out + 4 * keptOffset(1, result), r);
        }

        /** The innermost axis goes, or there is nothing dense to keep. */
        private void alongRows() {
            var pieces = pieces(ReduceLanes.ROW);
            long results = kept.rows() * kept.inner();
            long partial = cpu.memory().allocate(results * pieces.count() * Double.BYTES);
            try {
                forEach(results * pieces.count(), pieces.length(), i -> {
                    long result = i / pieces.count();
                    long piece = i - result * pieces.count();
                    long at = in + 4 * (keptOffset(0, result) + pieces.offset(piece));
                    Elements.setDouble(partial + i * Double.BYTES, fold(at, pieces.stride(), pieces.length(piece)));
                });
                forEach(results, pieces.count(), i -> {
                    double r = ReduceLanes.identity(op.fn());
                    for (long piece = i * pieces.count(); piece < (i + 1) * pieces.count(); piece++) {
                        r = join(r, Elements.getDouble(partial + piece * Double.BYTES));
                    }
                    store(out + 4 * keptOffset(1, i), r);
                });
            } finally {
                cpu.memory().free(partial);
            }
        }

        private long keptOffset(int operand, long result) {
            long row = result / kept.inner();
            return kept.offset(operand, row) + (result - row * kept.inner()) * kept.innerStride(operand);
        }

        private double fold(long at, long stride, int n) {
            if (stride == 1) {
                return cpu.lanes().reduce().row(op.fn(), at, n);
            }
            double r = ReduceLanes.identity(op.fn());
            for (int i = 0; i < n; i++) {
                double v = Native.get(at + 4 * i * stride);
                r = join(r, op.fn() == ReduceOp.Fn.SUM_SQUARES ? v * v : v);
            }
            return r;
        }

        private double join(double a, double b) {
            return op.fn() == ReduceOp.Fn.MAX ? Math.max(a, b) : a + b;
        }

        private void store(long at, double r) {
            double v = op.alpha() * r;
            Native.set(at, (float) (op.beta() == 0 ? v : v + op.beta() * Native.get(at)));
        }

        private Pieces pieces(int longest) {
            return new Pieces(folded, longest, (folded.inner() + longest - 1) / longest);
        }

        private void forEach(long items, long cost, LongConsumer item) {
            long grain = Math.max(1, MapKernel.GRAIN / Math.max(1, cost));
            cpu.threads().ranges(items, grain, (from, to, worker) -> {
                for (long i = from; i < to; i++) {
                    item.accept(i);
                }
            });
        }
    }

    /** What is folded into one result, cut along its innermost axis into pieces of at most {@code longest} steps. */
    private record Pieces(StridedLoop folded, int longest, long perRow) {
        long count() {
            return folded.rows() * perRow;
        }

        /** Steps of a full piece. */
        long length() {
            return Math.min(longest, folded.inner());
        }

        int length(long piece) {
            return (int) Math.min(longest, folded.inner() - piece % perRow * longest);
        }

        long offset(long piece) {
            return folded.offset(0, piece / perRow) + piece % perRow * longest * folded.innerStride(0);
        }

        /** From one step to the next, in elements. */
        long stride() {
            return folded.innerStride(0);
        }
    }
}
