package anneal.kernel.cpu;

import anneal.kernel.Buf;
import anneal.kernel.MapOp;
import anneal.kernel.MapOp.Fn;

/** Rows by index: {@link anneal.kernel.Kernels#gather}, scatterAdd and oneHot. */
final class IndexKernel {
    /** Columns of a strip that one task of scatterAdd adds to: it alone, so in order. */
    private static final int STRIP = 64;

    private final CpuContext cpu;

    IndexKernel(CpuContext cpu) {
        this.cpu = cpu;
    }

    void gather(Buf table, Buf index, Buf out) {
        var rows = indices(index, table.shape().dim(0));
        int n = out.shape().last();
        cpu.threads().ranges(rows.length, NormKernel.grain(n), (from, to, _) -> {
            for (int i = (int) from; i < to; i++) {
                Native.copy(table.address() + 4 * rows[i] * table.rowPitch(), out.address() + 4 * i * out.rowPitch(),
                        4L * n);
            }
        });
    }

    void scatterAdd(Buf index, Buf rows, Buf table) {
        var to = indices(index, table.shape().dim(0));
        int n = table.shape().last();
        var add = MapOp.of(Fn.ADD);
        cpu.threads().run((n + STRIP - 1) / STRIP, (strip, _) -> {
            long first = 4L * strip * STRIP;
            int columns = Math.min(STRIP, n - strip * STRIP);
            for (int i = 0; i < to.length; i++) {
                long at = table.address() + 4 * to[i] * table.rowPitch() + first;
                long from = rows.address() + 4 * i * rows.rowPitch() + first;
                cpu.lanes().pointwise().apply(add, columns, at, 4, at, 4, from, 4, 0, 0);
            }
        });
    }

    void oneHot(Buf index, Buf out) {
        var ones = indices(index, out.shape().last());
        for (int i = 0; i < ones.length; i++) {
            long row = out.address() + 4 * i * out.rowPitch();
            Native.clear(row, 4L * out.shape().last());
            Native.set(row + 4L * ones[i], 1);
        }
    }

    private static int[] indices(Buf b, int limit) {
        var index = new int[b.shape().last()];
        for (int i = 0; i < index.length; i++) {
            index[i] = Elements.getInt(b.address() + 4L * i);
            if (index[i] < 0 || index[i] >= limit) {
                throw new IllegalArgumentException("index " + index[i] + " at " + i + " is not in 0.." + (limit - 1));
            }
        }
        return index;
    }
}
