package anneal.kernel.cpu.panama;

import static anneal.kernel.cpu.Native.ADDRESS;
import static anneal.kernel.cpu.Native.ALL;
import static anneal.kernel.cpu.Native.FLOAT;
import static anneal.kernel.cpu.Native.ORDER;

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

    @Override
    public void transpose(int rows, int cols, long from, long fromRow, long to, long toRow) {
        // blocks of one cache line by sixteen rows: both sides stay in the first-level cache
        for (int j = 0; j < cols; j += 16) {
            int width = Math.min(16, cols - j);
            for (int i = 0; i < rows; i += 16) {
                block(Math.min(16, rows - i), width, from + i * fromRow + 4L * j, fromRow,
                        to + j * toRow + 4L * i, toRow);
            }
        }
    }

    private static void block(int rows, int cols, long from, long fromRow, long to, long toRow) {
        for (int j = 0; j < cols; j++) {
            long p = from + 4L * j;
            long q = to + j * toRow;
            for (int i = 0; i < rows; i++) {
                ALL.set(FLOAT, q + 4L * i & ADDRESS, ALL.get(FLOAT, p & ADDRESS));
                p += fromRow;
            }
        }
    }

    @Override
    public void copy(int rows, int cols, long from, long fromRow, long to, long toRow) {
        long whole = 4L * (cols - cols % LANES);
        var rest = S.indexInRange(0, cols % LANES);
        for (int i = 0; i < rows; i++) {
            long p = from + i * fromRow;
            long q = to + i * toRow;
            for (long at = 0; at < whole; at += S.vectorByteSize()) {
                FloatVector.fromMemorySegment(S, ALL, p + at & ADDRESS, ORDER).intoMemorySegment(ALL, q + at & ADDRESS, ORDER);
            }
            if (rest.anyTrue()) {
                load(p + whole, rest).intoMemorySegment(ALL, q + whole & ADDRESS, ORDER, rest);
            }
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
    public void modulate(int rows, int cols, long x, long xRow, long y, long yRow, long mean, long factor,
                         long offset, Activation act) {
        for (int i = 0; i < rows; i++) {
            if (act == Activation.SILU) {
                modulateSilu(cols, x + i * xRow, y + i * yRow, mean, factor, offset);
            } else {
                modulateRow(cols, x + i * xRow, y + i * yRow, mean, factor, offset, act == Activation.RELU);
            }
        }
    }

    private static void modulateSilu(int cols, long x, long y, long mean, long factor, long offset) {
        for (int j = 0; j < cols; j += LANES) {
            var m = S.indexInRange(j, cols);
            long at = 4L * j;
            var v = load(x + at, m).sub(load(mean + at, m)).fma(load(factor + at, m), load(offset + at, m));
            VectorMath.silu(v).intoMemorySegment(ALL, y + at & ADDRESS, ORDER, m);
        }
    }

    private static void modulateRow(int cols, long x, long y, long mean, long factor, long offset, boolean positive) {
        for (int j = 0; j < cols; j += LANES) {
            var m = S.indexInRange(j, cols);
            long at = 4L * j;
            var v = load(x + at, m).sub(load(mean + at, m)).fma(load(factor + at, m), load(offset + at, m));
            v = positive ? relu(v) : v;
            v.intoMemorySegment(ALL, y + at & ADDRESS, ORDER, m);
        }
    }

    @Override
    public void average(int count, long a, long b, long c, long d, long y) {
        for (int j = 0; j < count; j += LANES) {
            var m = S.indexInRange(j, count);
            long at = 4L * j;
            load(a + at, m).add(load(b + at, m)).add(load(c + at, m).add(load(d + at, m))).mul(0.25f)
                    .intoMemorySegment(ALL, y + at & ADDRESS, ORDER, m);
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
