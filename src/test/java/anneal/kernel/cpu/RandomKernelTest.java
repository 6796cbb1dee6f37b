package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.kernel.RandomSpec;
import anneal.kernel.RandomSpec.Kind;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RandomKernelTest {
    private final DevicePair pair = new DevicePair(5);

    @AfterEach
    void close() {
        pair.close();
    }

    @ParameterizedTest
    @EnumSource
    void sameBitsWithAndWithoutVectors(Kind kind) {
        for (int n : new int[] {1, 3, 31, 32, 67, 4096, 4097, 10_003}) {
            var out = draw(new RandomSpec(kind, -987654321987L, -5), n, -3, 0, 7, Integer.MAX_VALUE);
            pair.checkBits(kind + " " + n, 5e-7, out);
        }
    }

    @Test
    void aSampleDoesNotDependOnItsBatch() {
        var spec = new RandomSpec(Kind.NORMAL, 11, 2);
        var three = draw(spec, 5000, 9, 4, 5, 6);
        var one = draw(spec, 5000, 9, 5);
        for (int i = 1; i < pair.devices(); i++) {
            assertArrayEquals(Arrays.copyOfRange(pair.floats(three, i), 5000, 10_000), pair.floats(one, i));
        }
    }

    @Test
    void normalsHaveTheirMoments() {
        var values = pair.floats(draw(new RandomSpec(Kind.NORMAL, 3, 1), 100_000, 0, 1, 2, 3, 4), 1);
        var moments = new double[5];
        for (float v : values) {
            for (int i = 1; i < moments.length; i++) {
                moments[i] += Math.pow(v, i) / values.length;
            }
        }
        assertEquals(0, moments[1], 0.01);
        assertEquals(1, moments[2], 0.01);
        assertEquals(0, moments[3], 0.03);
        assertEquals(3, moments[4], 0.08);
    }

    private DevicePair.Twin draw(RandomSpec spec, int n, int position, int... samples) {
        var out = pair.empty(samples.length, n);
        var index = pair.ints(samples);
        var at = pair.ints(position);
        pair.run((k, i) -> k.random(spec, index.on()[i], at.on()[i], out.on()[i]));
        return out;
    }
}
