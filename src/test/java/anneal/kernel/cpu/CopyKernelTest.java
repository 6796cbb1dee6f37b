package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertThrows;

import anneal.kernel.CopySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CopyKernelTest {
    private final DevicePair pair = new DevicePair(3);

    @AfterEach
    void close() {
        pair.close();
    }

    @Test
    void everyPermutationOfAnImage() {
        int[] extents = {2, 40, 37, 33};
        long[] strides = {40 * 37 * 33, 37 * 33, 33, 1};
        var src = pair.normal(1, 0, extents);
        for (int p = 0; p < 256; p++) {
            int[] order = {p & 3, p >> 2 & 3, p >> 4 & 3, p >> 6};
            if ((1 << order[0] | 1 << order[1] | 1 << order[2] | 1 << order[3]) == 15) {
                var dims = new int[4];
                var from = new long[4];
                for (int i = 0; i < 4; i++) {
                    dims[i] = extents[order[i]];
                    from[i] = strides[order[i]];
                }
                long[] to = {(long) dims[1] * dims[2] * dims[3], (long) dims[2] * dims[3], dims[3], 1};
                copy(new CopySpec(dims, 0, from, 0, to, false), src, pair.empty(dims));
            }
        }
    }

    @Test
    void slicesFlipsBroadcastsAndAdds() {
        var src = pair.normal(1, 0, 12, 50);
        copy(new CopySpec(new int[] {5, 20}, 53, new long[] {100, 1}, 7, new long[] {30, 1}, false), src,
                pair.normal(1, 0, 10, 30));
        copy(new CopySpec(new int[] {12, 50}, 49, new long[] {50, -1}, 0, new long[] {50, 1}, false), src,
                pair.normal(1, 0, 12, 50));
        copy(new CopySpec(new int[] {12, 50}, 0, new long[] {50, 1}, 11 * 50, new long[] {-50, 1}, false), src,
                pair.normal(1, 0, 12, 50));
        copy(new CopySpec(new int[] {4, 3, 50}, 100, new long[] {0, 50, 1}, 0, new long[] {150, 50, 1}, false), src,
                pair.normal(1, 0, 12, 50));
        copy(new CopySpec(new int[] {12, 50}, 0, new long[] {50, 1}, 0, new long[] {1, 12}, true), src,
                pair.normal(1, 0, 50, 12));
        copy(new CopySpec(new int[] {}, 3, new long[] {}, 5, new long[] {}, false), src, pair.normal(1, 0, 12, 50));
        copy(new CopySpec(new int[] {0, 4}, 3, new long[] {9999, 1}, 5, new long[] {1, 1}, false), src,
                pair.normal(1, 0, 12, 50));
    }

    @Test
    void convertsBetweenTypes() {
        var src = pair.ints(3, -7, 1 << 20, 0, 5);
        var spec = new CopySpec(new int[] {5}, 0, new long[] {1}, 0, new long[] {1}, false);
        copy(spec, src, pair.empty(5));
        var floats = pair.of(new float[] {1.9f, -1.9f, 3, 0, -0.1f}, 0, anneal.kernel.Shape.of(5));
        copy(spec, floats, pair.ints(9, 9, 9, 9, 9));
    }

    @Test
    void fillsPitchedBuffers() {
        var a = pair.pitched(5, 1, 0, 7, 3);
        var b = pair.normal(1, 0, 40_000);
        var c = pair.ints(1, 2, 3);
        pair.run((k, i) -> {
            k.fill(a.on()[i], 2.5);
            k.fill(b.on()[i], -1);
            k.fill(c.on()[i], 8);
        });
        pair.checkBits("pitched", 0, a);
        pair.checkBits("dense", 0, b);
        pair.checkBits("integers", 0, c);
    }

    @Test
    void refusesToLeaveItsStorage() {
        var a = pair.normal(1, 0, 400);
        var spec = new CopySpec(new int[] {2}, 0, new long[] {-1}, 0, new long[] {1}, false);
        pair.run((k, i) -> {
            if (i > 0) {
                assertThrows(IllegalArgumentException.class, () -> k.copy(spec, a.on()[i], a.on()[i]));
            }
        });
    }

    private void copy(CopySpec spec, DevicePair.Twin src, DevicePair.Twin dst) {
        pair.run((k, i) -> k.copy(spec, src.on()[i], dst.on()[i]));
        pair.checkBits(spec.toString(), 1e-7, dst);
    }
}
