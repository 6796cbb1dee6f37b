package anneal.kernel.cpu.scalar;

import anneal.kernel.ReduceOp;
import anneal.kernel.cpu.Native;
import anneal.kernel.cpu.ReduceLanes;

/** Sums in double, rounded where the interface asks for float. */
public final class ScalarReduce implements ReduceLanes {
    @Override
    public double row(ReduceOp.Fn fn, long x, int n) {
        return fold(fn, x, Float.BYTES, n);
    }

    @Override
    public void columns(ReduceOp.Fn fn, long x, long pitch, int rows, int n, long out) {
        columns(fn, x, pitch, rows, 0, n, out);
    }

    /** The columns from {@code from} to {@code to} - 1 only. */
    public static void columns(ReduceOp.Fn fn, long x, long pitch, int rows, int from, int to, long out) {
        for (int i = from; i < to; i++) {
            Native.set(out + 4L * i, (float) fold(fn, x + 4L * i, pitch, rows));
        }
    }

    /** The fold of {@code n} floats that lie {@code step} bytes apart, one after another. */
    public static double fold(ReduceOp.Fn fn, long x, long step, int n) {
        double r = ReduceLanes.identity(fn);
        for (int i = 0; i < n; i++) {
            double v = Native.get(x + i * step);
            r = switch (fn) {
                case SUM -> r + v;
                case SUM_SQUARES -> r + v * v;
                case MAX -> Math.max(r, v);
            };
        }
        return r;
    }
}
