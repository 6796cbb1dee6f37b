package anneal.study.predict;

import anneal.kernel.Buf;
import anneal.kernel.CopySpec;
import anneal.kernel.DType;
import anneal.kernel.MapOp;
import anneal.kernel.Precision;
import anneal.kernel.ReduceOp;
import anneal.kernel.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Point-wise functions, sums, casts, copies and fills over 32 images of 32x32 pixels and 128 channels. */
final class PointwiseCalls {
    private static final int N = 32;
    private static final int SIDE = 32;
    private static final int CHANNELS = 128;
    private static final int[] DIMS = {N, SIDE, SIDE, CHANNELS};
    private static final double SIZE = Shape.of(DIMS).size();
    private static final String WHAT = "32x32x32x128";

    private PointwiseCalls() {
    }

    static List<KernelCall> all(Precision p) {
        int bytes = p.floatType().bytes();
        var calls = new ArrayList<KernelCall>();
        for (var fn : MapOp.Fn.values()) {
            var part = Part.moving("map_" + fn.name().toLowerCase(Locale.ROOT) + "_", (fn.arity() + 1) * SIZE * bytes);
            calls.add(new KernelCall("point-wise", WHAT, p, part, o -> {
                var in = new Buf[fn.arity()];
                Arrays.setAll(in, i -> o.of(DIMS));
                var out = o.of(DIMS);
                var op = MapOp.of(fn, 0.5, 2);
                return () -> o.kernels().map(op, out, in);
            }));
        }
        var sum = Part.moving("reduce", SIZE * bytes);
        calls.add(new KernelCall("reduction", "a bias gradient of " + WHAT, p, sum, o -> {
            var in = o.of(DIMS);
            var out = o.empty(DType.F32, 1, 1, 1, CHANNELS);
            return () -> o.kernels().reduce(ReduceOp.SUM, new int[] {0, 1, 2}, in, out);
        }));
        return calls;
    }

    /** Those between any two types; a copy of a type to itself changes the order to channels first. */
    static List<KernelCall> memory(Precision p) {
        var calls = new ArrayList<KernelCall>();
        for (var from : DType.values()) {
            for (var to : DType.values()) {
                calls.add(copy(p, from, to));
            }
            calls.add(new KernelCall("fill", WHAT, p, Part.moving("fill", SIZE * from.bytes()), o -> {
                var out = o.empty(from, DIMS);
                return () -> o.kernels().fill(out, 1);
            }));
        }
        return calls;
    }

    private static KernelCall copy(Precision p, DType from, DType to) {
        var dense = Shape.of(DIMS).strides();
        var strides = from != to ? dense
                : new long[] {(long) CHANNELS * SIDE * SIDE, SIDE, 1, (long) SIDE * SIDE};
        return new KernelCall("copy", WHAT + (from == to ? " to channels first" : ""), p,
                Part.moving("copy", SIZE * (from.bytes() + to.bytes())), o -> {
            var in = o.filled(from, 1, DIMS);
            var out = o.empty(to, from == to ? new int[] {N, CHANNELS, SIDE, SIDE} : DIMS);
            var s = new CopySpec(DIMS, 0, dense, 0, strides, false);
            return () -> o.kernels().copy(s, in, out);
        });
    }
}
