package anneal.kernel.cpu.panama;

import static anneal.kernel.cpu.Native.ALL;
import static anneal.kernel.cpu.Native.ORDER;

import anneal.kernel.ReduceOp;
import anneal.kernel.cpu.ReduceLanes;
import anneal.kernel.cpu.scalar.ScalarReduce;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Pieces of reductions: four vectors side by side along a row, whose lanes are then joined. */
final class PanamaReduce implements ReduceLanes {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    @Override
    public double row(ReduceOp.Fn fn, long x, int n) {
        int done = n - n % L;
        if (done == 0) {
            return ScalarReduce.fold(fn, x, Float.BYTES, n);
        }
        return switch (fn) {
            case SUM -> sum(x, done) + rest(fn, x, done, n);
            case SUM_SQUARES -> squares(x, done) + rest(fn, x, done, n);
            case MAX -> Math.max(max(x, done), rest(fn, x, done, n));
        };
    }

    @Override
    public void columns(ReduceOp.Fn fn, long x, long pitch, int rows, int n, long out) {
        int done = n - n % L;
        switch (fn) {
            case SUM -> sumColumns(x, pitch, rows, done, out);
            case SUM_SQUARES -> squareColumns(x, pitch, rows, done, out);
            case MAX -> maxColumns(x, pitch, rows, done, out);
        }
        if (done < n) {
            ScalarReduce.columns(fn, x, pitch, rows, done, n, out);
        }
    }

    private static double rest(ReduceOp.Fn fn, long x, int from, int n) {
        return ScalarReduce.fold(fn, x + 4L * from, Float.BYTES, n - from);
    }

    private static float sum(long x, int n) {
        var a = FloatVector.zero(S);
        var b = a;
        var c = a;
        var d = a;
        int i = 0;
        for (; i < n - 3 * L; i += 4 * L) {
            a = FloatVector.fromMemorySegment(S, ALL, x + 4L * i, ORDER).add(a);
            b = FloatVector.fromMemorySegment(S, ALL, x + 4L * (i + L), ORDER).add(b);
            c = FloatVector.fromMemorySegment(S, ALL, x + 4L * (i + 2 * L), ORDER).add(c);
            d = FloatVector.fromMemorySegment(S, ALL, x + 4L * (i + 3 * L), ORDER).add(d);
        }
        for (; i < n; i += L) {
            a = FloatVector.fromMemorySegment(S, ALL, x + 4L * i, ORDER).add(a);
        }
        return Fold.sum(Fold.certain(a).add(b).add(Fold.certain(c).add(d)));
    }

    private static float squares(long x, int n) {
        var a = FloatVector.zero(S);
        var b = a;
        var c = a;
        var d = a;
        int i = 0;
        for (; i < n - 3 * L; i += 4 * L) {
            var va = FloatVector.fromMemorySegment(S, ALL, x + 4L * i, ORDER);
            a = va.fma(va, a);
            var vb = FloatVector.fromMemorySegment(S, ALL, x + 4L * (i + L), ORDER);
            b = vb.fma(vb, b);
            var vc = FloatVector.fromMemorySegment(S, ALL, x + 4L * (i + 2 * L), ORDER);
            c = vc.fma(vc, c);
            var vd = FloatVector.fromMemorySegment(S, ALL, x + 4L * (i + 3 * L), ORDER);
            d = vd.fma(vd, d);
        }
        for (; i < n; i += L) {
            var v = FloatVector.fromMemorySegment(S, ALL, x + 4L * i, ORDER);
            a = v.fma(v, a);
        }
        return Fold.sum(Fold.certain(a).add(b).add(Fold.certain(c).add(d)));
    }

    private static double max(long x, int n) {
        var a = FloatVector.fromMemorySegment(S, ALL, x, ORDER);
        for (int i = L; i < n; i += L) {
            a = FloatVector.fromMemorySegment(S, ALL, x + 4L * i, ORDER).max(a);
        }
        return Fold.max(a);
    }

    private static void sumColumns(long x, long pitch, int rows, int n, long out) {
        for (int i = 0; i < n; i += L) {
            var a = FloatVector.fromMemorySegment(S, ALL, x + 4L * i, ORDER);
            for (int r = 1; r < rows; r++) {
                a = FloatVector.fromMemorySegment(S, ALL, x + r * pitch + 4L * i, ORDER).add(a);
            }
            Fold.certain(a).intoMemorySegment(ALL, out + 4L * i, ORDER);
        }
    }

    private static void squareColumns(long x, long pitch, int rows, int n, long out) {
        for (int i = 0; i < n; i += L) {
            var a = FloatVector.zero(S);
            for (int r = 0; r < rows; r++) {
                var v = FloatVector.fromMemorySegment(S, ALL, x + r * pitch + 4L * i, ORDER);
                a = v.fma(v, a);
            }
            Fold.certain(a).intoMemorySegment(ALL, out + 4L * i, ORDER);
        }
    }

    private static void maxColumns(long x, long pitch, int rows, int n, long out) {
        for (int i = 0; i < n; i += L) {
            var a = FloatVector.fromMemorySegment(S, ALL, x + 4L * i, ORDER);
            for (int r = 1; r < rows; r++) {
                a = FloatVector.fromMemorySegment(S, ALL, x + r * pitch + 4L * i, ORDER).max(a);
            }
            Fold.certain(a).intoMemorySegment(ALL, out + 4L * i, ORDER);
        }
    }
}
