package anneal.kernel.cpu;

import anneal.kernel.ReduceOp;

/**
 * Inner loops of {@link ReduceOp}: short pieces, whose results the caller joins in double. A provider fixes the order
 * of its additions, so a piece has the same bits whoever runs it.
 */
public interface ReduceLanes {
    /** Elements that {@link #row} takes at most: chains of additions stay short, so errors stay small. */
    int ROW = 4096;
    /** Rows that {@link #columns} takes at most, for the same reason. */
    int ROWS = 32;

    /** The fold of {@code n} floats at {@code x}, n from 0 to {@link #ROW}. */
    double row(ReduceOp.Fn fn, long x, int n);

    /**
     * The fold of every column of {@code rows} rows (1 to {@link #ROWS}) of {@code n} floats at {@code x}.
     *
     * @param pitch bytes from one row to the next
     * @param out   {@code n} floats, overwritten
     */
    void columns(ReduceOp.Fn fn, long x, long pitch, int rows, int n, long out);

    /** What the fold of nothing gives. */
    static double identity(ReduceOp.Fn fn) {
        return fn == ReduceOp.Fn.MAX ? Double.NEGATIVE_INFINITY : 0;
    }
}
