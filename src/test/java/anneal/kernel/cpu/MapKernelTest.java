package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertThrows;

import anneal.kernel.MapOp;
import anneal.kernel.MapOp.Fn;
import anneal.kernel.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MapKernelTest {
    private final DevicePair pair = new DevicePair(1);

    @AfterEach
    void close() {
        pair.close();
    }

    @ParameterizedTest
    @EnumSource
    void everyFunctionIsAccurateAndTheSameInPlainJava(Fn fn) {
        int[] sizes = {1, 7, 16, 33, 1000};
        for (int n : sizes) {
            var in = new DevicePair.Twin[fn.arity()];
            boolean positive = switch (fn) {
                case LOG, SQRT, RSQRT, POW, POW_GRAD -> true;
                default -> false;
            };
            for (int i = 0; i < in.length; i++) {
                in[i] = positive && i == 0 ? pair.normal(0.4, 3, 3, n) : pair.normal(2.5, 0.3, 3, n);
            }
            check(new MapOp(fn, -0.7, 1.3), 6e-7, pair.normal(1, 0, 3, n), in);
            check(new MapOp(fn, 2, 0.5), 6e-7, pair.pitched(3, 1, 0, 3, n), in);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Fn.class, names = {"EXP", "TANH", "SIGMOID", "SILU", "SILU_GRAD", "RELU", "CLAMP", "MAXIMUM",
        "MINIMUM", "GELU_QUICK", "RELU_GRAD"})
    void extremesAreTheSameInPlainJava(Fn fn) {
        float[] values = {0, -0f, 1e-30f, -1e-30f, 1e-45f, 88, -88, 89, -104, 700, -700, 1e30f, -1e30f, Float.NaN,
            Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0.625f, 20};
        var a = pair.of(values, 0, Shape.of(values.length));
        var in = new DevicePair.Twin[fn.arity()];
        Arrays.fill(in, a);
        var out = pair.empty(values.length);
        pair.run((k, i) -> k.map(new MapOp(fn, -1, 1), out.on()[i], on(in, i)));
        var vectors = pair.floats(out, 1);
        var plain = pair.floats(out, pair.scalar());
        for (int i = 0; i < values.length; i++) {
            org.junit.jupiter.api.Assertions.assertEquals(plain[i], vectors[i], fn + " of " + values[i]);
        }
    }

    @Test
    void broadcastsAsNumPyDoes() {
        int[][] shapes = {{2, 5, 7, 20}, {20}, {1}, {2, 1, 1, 20}, {2, 1, 1, 1}, {5, 1, 20}, {2, 5, 7, 1}, {1, 5, 1, 20},
            {7, 1}, {}};
        for (var a : shapes) {
            for (var b : shapes) {
                for (int gap : new int[] {0, 5}) {
                    check(MapOp.of(Fn.SUB), 1e-7, pair.pitched(gap, 1, 0, 2, 5, 7, 20), pair.pitched(gap, 1, 0, a),
                            pair.pitched(0, 1, 0, b));
                    check(MapOp.of(Fn.MUL_ADD), 2e-7, pair.pitched(gap, 1, 0, 2, 5, 7, 20),
                            pair.pitched(gap, 1, 0, a), pair.pitched(gap, 1, 0, b), pair.normal(1, 0, 2, 5, 7, 20));
                }
            }
        }
    }

    @Test
    void largeOnesAreSplitAndSmallOnesToo() {
        check(MapOp.of(Fn.MUL), 1e-7, pair.empty(70001), pair.normal(1, 0, 70001), pair.normal(1, 0, 1));
        check(MapOp.of(Fn.ADD), 1e-7, pair.empty(9001, 3), pair.normal(1, 0, 9001, 3), pair.normal(1, 0, 3));
        check(MapOp.of(Fn.ADD), 1e-7, pair.empty(3, 20000), pair.normal(1, 0, 3, 1), pair.normal(1, 0, 20000));
        check(MapOp.of(Fn.ADD), 0, pair.empty(3, 0), pair.normal(1, 0, 3, 1), pair.normal(1, 0, 3, 0));
        check(MapOp.of(Fn.ADD), 1e-7, pair.empty(), pair.normal(1, 0), pair.normal(1, 0));
    }

    @Test
    void writesOverItsInput() {
        var a = pair.normal(1, 0, 3, 1000);
        pair.run((k, i) -> k.map(MapOp.of(Fn.SILU), a.on()[i], a.on()[i]));
        pair.checkBits("in place", 2e-7, a);
    }

    @Test
    void refusesWhatDoesNotFit() {
        var a = pair.normal(1, 0, 3, 4);
        var b = pair.normal(1, 0, 5);
        pair.run((k, i) -> {
            var own = a.on()[i];
            assertThrows(IllegalArgumentException.class, () -> k.map(MapOp.of(Fn.ADD), own, own, b.on()[i]));
            assertThrows(IllegalArgumentException.class, () -> k.map(MapOp.of(Fn.ADD), own, own));
        });
    }

    private void check(MapOp f, double tolerance, DevicePair.Twin out, DevicePair.Twin... in) {
        pair.run((k, i) -> k.map(f, out.on()[i], on(in, i)));
        pair.checkBits(f + " " + Arrays.stream(in).map(t -> t.on()[0].shape().toString()).toList(), tolerance, out);
    }

    private static anneal.kernel.Buf[] on(DevicePair.Twin[] in, int i) {
        return Arrays.stream(in).map(t -> t.on()[i]).toArray(anneal.kernel.Buf[]::new);
    }
}
