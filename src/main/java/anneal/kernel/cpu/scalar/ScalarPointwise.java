package anneal.kernel.cpu.scalar;

import anneal.kernel.MapOp;
import anneal.kernel.cpu.Native;
import anneal.kernel.cpu.PointwiseLanes;
import anneal.kernel.cpu.PointwiseMath;

/** Element by element; also what a vector provider runs for rare functions, odd strides and the ends of rows. */
public final class ScalarPointwise implements PointwiseLanes {
    @Override
    public void apply(MapOp f, int n, long y, long yStep, long a, long aStep, long b, long bStep, long c, long cStep) {
        run(f, 0, n, y, yStep, a, aStep, b, bStep, c, cStep);
    }

    /** The elements from {@code from} to {@code n} - 1. */
    public static void run(MapOp f, int from, int n, long y, long yStep, long a, long aStep, long b, long bStep,
                           long c, long cStep) {
        var fn = f.fn();
        float p = (float) f.p();
        float q = (float) f.q();
        for (int i = from; i < n; i++) {
            float first = Native.get(a + i * aStep);
            float second = fn.arity() > 1 ? Native.get(b + i * bStep) : 0;
            float third = fn.arity() > 2 ? Native.get(c + i * cStep) : 0;
            Native.set(y + i * yStep, PointwiseMath.apply(fn, p, q, first, second, third));
        }
    }
}
