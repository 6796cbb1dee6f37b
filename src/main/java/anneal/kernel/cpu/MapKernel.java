package anneal.kernel.cpu;

import anneal.kernel.Buf;
import anneal.kernel.MapOp;

/** {@link anneal.kernel.Kernels#map}: broadcasting by a {@link StridedLoop}, its innermost axis by the lanes. */
final class MapKernel {
    /** Elements of one task: some microseconds of work, and small enough for the first-level cache of any operand. */
    static final int GRAIN = 1 << 14;
    private static final int BLOCK_BYTES = PointwiseLanes.BLOCK * Float.BYTES;

    private final CpuContext cpu;

    MapKernel(CpuContext cpu) {
        this.cpu = cpu;
    }

    void map(MapOp f, Buf out, Buf... in) {
        var operands = new Buf[in.length + 1];
        operands[0] = out;
        System.arraycopy(in, 0, operands, 1, in.length);
        var loop = StridedLoop.broadcast(out.shape(), operands);
        if (out.shape().size() > 0) {
            new Run(f, loop, operands).start();
        }
    }

    /** One call: the nest of loops cut into tasks of about {@link #GRAIN} elements. */
    private final class Run {
        private final MapOp f;
        private final StridedLoop loop;
        private final int operands;
        private final long[] base = new long[4];
        private final long[] step = new long[4];

        Run(MapOp f, StridedLoop loop, Buf[] buffers) {
            this.f = f;
            this.loop = loop;
            operands = buffers.length;
            for (int i = 0; i < operands; i++) {
                base[i] = buffers[i].address();
                step[i] = loop.innerStride(i) * Float.BYTES;
            }
        }

        void start() {
            long chunk = Math.min(loop.inner(), GRAIN);
            long chunks = (loop.inner() + chunk - 1) / chunk;
            long grain = Math.max(1, GRAIN / chunk);
            cpu.threads().ranges(loop.rows() * chunks, grain, (from, to, worker) -> {
                long blocks = cpu.threads().scratch(worker, 4 * BLOCK_BYTES);
                for (long i = from; i < to; i++) {
                    long row = chunks == 1 ? i : i / chunks;
                    long first = (i - row * chunks) * chunk;
                    row(row, first, (int) Math.min(chunk, loop.inner() - first), blocks);
                }
            });
        }

        private void row(long row, long first, int n, long blocks) {
            cpu.lanes().pointwise().apply(f, n, at(0, row, first), step[0],
                    operand(1, row, first, blocks), step[1],
                    operand(2, row, first, blocks), step[2],
                    operand(3, row, first, blocks), step[3]);
        }

        private long at(int operand, long row, long first) {
            return base[operand] + loop.offset(operand, row) * Float.BYTES + first * step[operand];
        }

        private long operand(int operand, long row, long first, long blocks) {
            if (operand >= operands) {
                return 0;
            }
            long address = at(operand, row, first);
            return step[operand] == 0 ? spread(address, blocks + operand * BLOCK_BYTES) : address;
        }

        private static long spread(long address, long block) {
            float value = Native.get(address);
            for (int i = 0; i < PointwiseLanes.BLOCK; i++) {
                Native.set(block + i * Float.BYTES, value);
            }
            return block;
        }
    }
}
