package anneal.kernel.reference;

import anneal.kernel.Buf;
import anneal.kernel.CopySpec;
import anneal.kernel.HostTransfer;

/** What moves elements without computing: rows by index, strided copies. */
final class ReferenceIndexed {
    private ReferenceIndexed() {
    }

    static void gather(Buf tableBuf, Buf indexBuf, Buf out) {
        var table = Values.read(tableBuf);
        var index = indices(indexBuf, tableBuf.shape().dim(0));
        int c = out.shape().last();
        var rows = new double[index.length * c];
        for (int i = 0; i < index.length; i++) {
            System.arraycopy(table, index[i] * c, rows, i * c, c);
        }
        Values.write(rows, out);
    }

    static void scatterAdd(Buf indexBuf, Buf rowsBuf, Buf tableBuf) {
        var table = Values.read(tableBuf);
        var rows = Values.read(rowsBuf);
        var index = indices(indexBuf, tableBuf.shape().dim(0));
        int c = tableBuf.shape().last();
        for (int i = 0; i < index.length; i++) {
            for (int j = 0; j < c; j++) {
                table[index[i] * c + j] += rows[i * c + j];
            }
        }
        Values.write(table, tableBuf);
    }

    static void oneHot(Buf indexBuf, Buf out) {
        int c = out.shape().last();
        var index = indices(indexBuf, c);
        var rows = new double[index.length * c];
        for (int i = 0; i < index.length; i++) {
            rows[i * c + index[i]] = 1;
        }
        Values.write(rows, out);
    }

    static void copy(CopySpec s, Buf src, Buf dst) {
        long from = src.offset() + s.srcOffset();
        long to = dst.offset() + s.dstOffset();
        Odometer.run(s.dims(), s.srcStrides(), s.dstStrides(), (a, b) -> {
            double old = s.accumulate() ? HostTransfer.get(dst, to + b) : 0;
            HostTransfer.put(dst, to + b, HostTransfer.get(src, from + a) + old);
        });
    }

    private static int[] indices(Buf b, int limit) {
        var values = Values.read(b);
        var index = new int[values.length];
        for (int i = 0; i < index.length; i++) {
            index[i] = (int) values[i];
            if (index[i] < 0 || index[i] >= limit) {
                throw new IllegalArgumentException("index " + index[i] + " at " + i + " is not in 0.." + (limit - 1));
            }
        }
        return index;
    }
}
