package anneal.kernel.cpu;

import anneal.kernel.ReduceOp;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReduceKernelTest {
    private final DevicePair pair = new DevicePair(2);

    @AfterEach
    void close() {
        pair.close();
    }

    @ParameterizedTest
    @EnumSource
    void anyAxesOfPitchedBuffers(ReduceOp.Fn fn) {
        int[][] axes = {{}, {0}, {1}, {2}, {3}, {0, 1}, {1, 2}, {0, 3}, {1, 3}, {2, 3}, {0, 1, 2}, {1, 2, 3},
            {0, 1, 2, 3}};
        for (var a : axes) {
            for (int gap : new int[] {0, 3}) {
                for (int last : new int[] {1, 3, 37}) {
                    reduce(fn, a, 3e-7, pair.pitched(gap, 1, 0.5, 3, 5, 70, last), 3, 5, 70, last);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void longAndWideOnes(ReduceOp.Fn fn) {
        reduce(fn, new int[] {0}, 2e-7, pair.normal(1, 0.5, 300_001), 300_001);
        reduce(fn, new int[] {0}, 2e-7, pair.normal(1, 0.5, 3, 50_001), 3, 50_001);
        reduce(fn, new int[] {0}, 2e-7, pair.normal(1, 0.5, 20_001, 5), 20_001, 5);
        reduce(fn, new int[] {1}, 2e-7, pair.normal(1, 0.5, 3, 50_001), 3, 50_001);
    }

    @Test
    void errorsDoNotGrowWithTheLength() {
        reduce(ReduceOp.Fn.SUM, new int[] {0}, 1e-7, pair.normal(0.01, 1, 1_000_003), 1_000_003);
    }

    @Test
    void nothingSumsToZero() {
        reduce(ReduceOp.Fn.SUM, new int[] {1}, 0, pair.normal(1, 0, 3, 0, 2), 3, 0, 2);
    }

    private void reduce(ReduceOp.Fn fn, int[] axes, double tolerance, DevicePair.Twin in, int... dims) {
        for (int axis : axes) {
            dims[axis] = 1;
        }
        var what = fn + " over " + Arrays.toString(axes) + " of " + in.on()[0].shape();
        var plain = pair.empty(dims);
        pair.run((k, i) -> k.reduce(ReduceOp.of(fn, 1, 0), axes, in.on()[i], plain.on()[i]));
        pair.check(what, tolerance, plain);
        var scaled = pair.pitched(2, 1, 0, dims);
        pair.run((k, i) -> k.reduce(ReduceOp.of(fn, -0.5, 2), axes, in.on()[i], scaled.on()[i]));
        pair.check(what + ", alpha and beta", 4 * tolerance, scaled);
    }
}
