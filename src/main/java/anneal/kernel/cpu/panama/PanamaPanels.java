package anneal.kernel.cpu.panama;

import static anneal.kernel.cpu.Native.ADDRESS;
import static anneal.kernel.cpu.Native.ALL;
import static anneal.kernel.cpu.Native.FLOAT;
import static anneal.kernel.cpu.Native.ORDER;
import static anneal.kernel.cpu.Native.STRIDE;

import anneal.kernel.Activation;
import anneal.kernel.cpu.PanelLanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link PanelLanes} on vectors. */
final class PanamaPanels implements PanelLanes {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final long BYTES = S.vectorByteSize();

    @Override
    public void transpose(int rows, int cols, long from, long fromRow, long to, long toRow) {
        int i = 0;
        for (; i + 8 <= rows; i += 8) {
            eight(cols, from + i * fromRow, fromRow & STRIDE, to + 4L * i, toRow);
        }
        for (; i < rows; i++) {
            one(cols, from + i * fromRow, to + 4L * i, toRow);
        }
    }

    /** Eight rows become eight adjacent columns. */
    private static void eight(int cols, long from, long row, long to, long toRow) {
        long p = from;
        long q = to;
        for (int j = 0; j < cols; j++) {
            long u = p & ADDRESS;
            long v = q & ADDRESS;
            ALL.set(FLOAT, v, ALL.get(FLOAT, u));
            ALL.set(FLOAT, v + 4, ALL.get(FLOAT, u + row));
            ALL.set(FLOAT, v + 8, ALL.get(FLOAT, u + 2 * row));
            ALL.set(FLOAT, v + 12, ALL.get(FLOAT, u + 3 * row));
            ALL.set(FLOAT, v + 16, ALL.get(FLOAT, u + 4 * row));
            ALL.set(FLOAT, v + 20, ALL.get(FLOAT, u + 5 * row));
            ALL.set(FLOAT, v + 24, ALL.get(FLOAT, u + 6 * row));
            ALL.set(FLOAT, v + 28, ALL.get(FLOAT, u + 7 * row));
            p += 4;
            q += toRow;
        }
    }

    private static void one(int cols, long from, long to, long toRow) {
        long q = to;
        for (int j = 0; j < cols; j++) {
            ALL.set(FLOAT, q & ADDRESS, ALL.get(FLOAT, from + 4L * j & ADDRESS));
            q += toRow;
        }
    }

    @Override
    public void copy(int rows, int cols, long from, long fromRow, long to, long toRow) {
        int done = 0;
        for (; done + 4 * LANES <= cols; done += 4 * LANES) {
            copyFour(rows, from + 4L * done, fromRow, to + 4L * done, toRow);
        }
        for (; done < cols; done += LANES) {
            copyOne(rows, S.indexInRange(done, cols), from + 4L * done, fromRow, to + 4L * done, toRow);
        }
    }

    /** Four whole vectors of every row. */
    private static void copyFour(int rows, long from, long fromRow, long to, long toRow) {
        long p = from;
        long q = to;
        for (int i = 0; i < rows; i++) {
            long u = p & ADDRESS;
            long v = q & ADDRESS;
            FloatVector.fromMemorySegment(S, ALL, u, ORDER).intoMemorySegment(ALL, v, ORDER);
            FloatVector.fromMemorySegment(S, ALL, u + BYTES, ORDER).intoMemorySegment(ALL, v + BYTES, ORDER);
            FloatVector.fromMemorySegment(S, ALL, u + 2 * BYTES, ORDER).intoMemorySegment(ALL, v + 2 * BYTES, ORDER);
            FloatVector.fromMemorySegment(S, ALL, u + 3 * BYTES, ORDER).intoMemorySegment(ALL, v + 3 * BYTES, ORDER);
            p += fromRow;
            q += toRow;
        }
    }

    /** One vector of every row, or a part of one. */
    private static void copyOne(int rows, VectorMask<Float> mask, long from, long fromRow, long to, long toRow) {
        long p = from;
        long q = to;
        for (int i = 0; i < rows; i++) {
            load(p, mask).intoMemorySegment(ALL, q & ADDRESS, ORDER, mask);
            p += fromRow;
            q += toRow;
        }
    }

    @Override
    public void finish(int rows, int cols, long r, long rRow, long y, long yRow, long bias, long rowAdd,
                       long residual, long residualRow, float alpha, float beta, Activation act) {
        for (int i = 0; i < rows; i++) {
            finishRow(cols, r + i * rRow, y + i * yRow, bias, rowAdd,
                    residual == 0 ? 0 : residual + i * residualRow, alpha, beta, act);
        }
    }

    private static void finishRow(int cols, long r, long y, long bias, long rowAdd, long residual,
                                  float alpha, float beta, Activation act) {
        for (int j = 0; j < cols; j += LANES) {
            var m = S.indexInRange(j, cols);
            long at = 4L * j;
            var v = load(r + at, m);
            v = bias == 0 ? v : v.add(load(bias + at, m));
            v = rowAdd == 0 ? v : v.add(load(rowAdd + at, m));
            v = v.mul(alpha);
            v = residual == 0 ? v : v.add(load(residual + at, m));
            if (act == Activation.SILU) {
                v = VectorMath.silu(v);
            } else if (act == Activation.RELU) {
                v = relu(v);
            }
            v = beta == 0 ? v : load(y + at, m).fma(FloatVector.broadcast(S, beta), v);
            v.intoMemorySegment(ALL, y + at & ADDRESS, ORDER, m);
        }
    }

    @Override
    public void scaleRows(int rows, int cols, long y, long yRow, long factor) {
        for (int i = 0; i < rows; i++) {
            float f = ALL.get(FLOAT, factor + 4L * i);
            for (int j = 0; j < cols; j += LANES) {
                var m = S.indexInRange(j, cols);
                long at = y + i * yRow + 4L * j;
                load(at, m).mul(f).intoMemorySegment(ALL, at & ADDRESS, ORDER, m);
            }
        }
    }

    private static FloatVector load(long at, VectorMask<Float> m) {
        return FloatVector.fromMemorySegment(S, ALL, at & ADDRESS, ORDER, m);
    }

    private static FloatVector relu(FloatVector v) {
        return FloatVector.zero(S).blend(v, v.compare(VectorOperators.GT, 0));
    }
}
