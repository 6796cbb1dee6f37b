package anneal.kernel.cpu;

import anneal.kernel.Buf;
import anneal.kernel.CopySpec;
import anneal.kernel.DType;
import java.util.Arrays;
import java.util.Comparator;

/** {@link anneal.kernel.Kernels#copy} and {@link anneal.kernel.Kernels#fill}. */
final class CopyKernel {
    /** Rows and columns of one tile of a transposition: both sides of it lie in the first-level cache. */
    private static final int TILE = 32;

    private final CpuContext cpu;

    CopyKernel(CpuContext cpu) {
        this.cpu = cpu;
    }

    void fill(Buf out, double value) {
        if (out.shape().size() == 0) {
            return;
        }
        long rows = out.isDense() ? 1 : out.shape().rows();
        long n = out.shape().size() / rows;
        long chunks = (n + MapKernel.GRAIN - 1) / MapKernel.GRAIN;
        int bytes = out.type().bytes();
        long pattern = Elements.bits(out.type(), value);
        cpu.threads().ranges(rows * chunks, Math.max(1, MapKernel.GRAIN / n), (from, to, _) -> {
            for (long i = from; i < to; i++) {
                long first = i % chunks * MapKernel.GRAIN;
                long at = out.address() + (i / chunks * out.rowPitch() + first) * bytes;
                Elements.fill(out.type(), at, Math.min(MapKernel.GRAIN, n - first), pattern);
            }
        });
    }

    void copy(CopySpec s, Buf src, Buf dst) {
        for (int d : s.dims()) {
            if (d == 0) {
                return;
            }
        }
        checkBounds("source", src, s.dims(), s.srcOffset(), s.srcStrides());
        checkBounds("destination", dst, s.dims(), s.dstOffset(), s.dstStrides());
        new Run(s, src, dst).start();
    }

    private static void checkBounds(String side, Buf b, int[] dims, long offset, long[] strides) {
        long low = b.offset() + offset;
        long high = low;
        for (int i = 0; i < dims.length; i++) {
            long reach = (dims[i] - 1) * strides[i];
            low += Math.min(0, reach);
            high += Math.max(0, reach);
        }
        if (low < 0 || (high + 1) * b.type().bytes() > b.storage().bytes()) {
            throw new IllegalArgumentException("copy: the " + side + " reaches from element " + low + " to " + high
                    + " of a storage of " + b.storage().bytes() / b.type().bytes());
        }
    }

    /** One call: axes in the order of the destination, so that it is written as far as possible one after another. */
    private final class Run {
        private final boolean accumulate;
        private final DType srcType;
        private final DType dstType;
        private final boolean sameWords;
        private final long src;
        private final long dst;
        private final StridedLoop loop;
        private final long srcStep;
        private final long dstStep;

        Run(CopySpec s, Buf src, Buf dst) {
            accumulate = s.accumulate();
            srcType = src.type();
            dstType = dst.type();
            sameWords = srcType == dstType && srcType.bytes() == 4 && !accumulate;
            this.src = src.address() + s.srcOffset() * srcType.bytes();
            this.dst = dst.address() + s.dstOffset() * dstType.bytes();
            loop = sorted(s);
            srcStep = loop.innerStride(0);
            dstStep = loop.innerStride(1);
        }

        private static StridedLoop sorted(CopySpec s) {
            int rank = s.dims().length;
            var order = new Integer[rank];
            Arrays.setAll(order, i -> i);
            Arrays.sort(order, Comparator.comparingLong(i -> -Math.abs(s.dstStrides()[i])));
            var dims = new int[rank];
            var strides = new long[2][rank];
            for (int i = 0; i < rank; i++) {
                dims[i] = s.dims()[order[i]];
                strides[0][i] = s.srcStrides()[order[i]];
                strides[1][i] = s.dstStrides()[order[i]];
            }
            return StridedLoop.of(dims, strides);
        }

        void start() {
            int across = sameWords && dstStep == 1 && srcStep != 1 && loop.inner() > 1 ? loop.axisOfStride(0, 1) : -1;
            if (across >= 0) {
                transpose(across);
            } else {
                rows();
            }
        }

        private void rows() {
            long chunk = Math.min(loop.inner(), MapKernel.GRAIN);
            long chunks = (loop.inner() + chunk - 1) / chunk;
            cpu.threads().ranges(loop.rows() * chunks, Math.max(1, MapKernel.GRAIN / chunk), (from, to, _) -> {
                for (long i = from; i < to; i++) {
                    long row = chunks == 1 ? i : i / chunks;
                    long first = (i - row * chunks) * chunk;
                    run(src + (loop.offset(0, row) + first * srcStep) * srcType.bytes(),
                            dst + (loop.offset(1, row) + first * dstStep) * dstType.bytes(),
                            (int) Math.min(chunk, loop.inner() - first));
                }
            });
        }

        private void run(long from, long to, int n) {
            if (sameWords && srcStep == 1 && dstStep == 1 && n >= 16) {
                Native.copy(from, to, 4L * n);
            } else if (sameWords) {
                for (int i = 0; i < n; i++) {
                    Native.set(to + 4 * i * dstStep, Native.get(from + 4 * i * srcStep));
                }
            } else {
                convert(from, to, n);
            }
        }

        private void convert(long from, long to, int n) {
            for (int i = 0; i < n; i++) {
                double v = Elements.get(srcType, from + i * srcStep * srcType.bytes());
                long at = to + i * dstStep * dstType.bytes();
                Elements.set(dstType, at, accumulate ? v + Elements.get(dstType, at) : v);
            }
        }

        /** The source is dense along outer axis {@code across}, the destination along the innermost: tile by tile. */
        private void transpose(int across) {
            var rest = loop.withoutOuter(across);
            long extent = loop.outerExtent(across);
            long jump = loop.outerStride(1, across);
            long tilesIn = (loop.inner() + TILE - 1) / TILE;
            long tilesAcross = (extent + TILE - 1) / TILE;
            long tiles = tilesIn * tilesAcross;
            cpu.threads().ranges(rest.rows() * tiles, MapKernel.GRAIN / (TILE * TILE), (from, to, _) -> {
                for (long i = from; i < to; i++) {
                    long row = i / tiles;
                    long tile = i - row * tiles;
                    long firstAcross = tile / tilesIn * TILE;
                    long firstIn = tile % tilesIn * TILE;
                    tile(src + 4 * (rest.offset(0, row) + firstAcross + firstIn * srcStep),
                            dst + 4 * (rest.offset(1, row) + firstAcross * jump + firstIn), 4 * srcStep, 4 * jump,
                            (int) Math.min(TILE, extent - firstAcross), (int) Math.min(TILE, loop.inner() - firstIn));
                }
            });
        }

        private static void tile(long from, long to, long fromStep, long toStep, int across, int in) {
            for (int a = 0; a < across; a++) {
                for (int i = 0; i < in; i++) {
                    Native.set(to + a * toStep + 4L * i, Native.get(from + i * fromStep + 4L * a));
                }
            }
        }
    }
}
