package anneal.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A sample's bits, after every step, depend on the request's seed and its number alone. */
class SamplingBitsTest {
    private static final int COUNT = 9;
    private static final int STEPS = 4;

    /** A way to sample. */
    private record Way(String name, SampleRequest request) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Way> ways() {
        var any = SampleRequest.of(COUNT, 7).withLabels(List.of(0, 2, 1, 1));
        var ddim = any.withSampler("ddim", STEPS, 0);
        var ddpm = any.withSampler("ddpm", STEPS, 0);
        return Stream.of(new Way("ddpm, learned variance", ddpm), new Way("ddim", ddim),
                new Way("ddim, eta 0.7", any.withSampler("ddim", STEPS, 0.7)),
                new Way("ddpm, classifier guidance", ddpm.withGuidance(4, 0)),
                new Way("ddim, classifier guidance", ddim.withGuidance(4, 0)),
                new Way("ddpm, classifier-free guidance", ddpm.withGuidance(0, 2)),
                new Way("ddim, both guidances", ddim.withGuidance(4, 2)));
    }

    private static float[][] run(Way way, int threads, int batch) throws IOException {
        try (var tiny = new TinySampling(threads, TinySampling.CLASSES)) {
            return tiny.trajectory(way.request().withBatch(batch), STEPS);
        }
    }

    private static float[][] plain(Way way) throws IOException {
        return run(new Way("", way.request().withGuidance(0, 0)), 2, COUNT);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void neitherBatchNorThreadsMatter(Way way) throws IOException {
        var one = run(way, 1, 1);
        for (var x : one) {
            for (float v : x) {
                assertTrue(Float.isFinite(v));
            }
        }
        assertSame(one, run(way, 1, 8), "batches of 8");
        assertSame(one, run(way, 2, 8), "2 threads");
        assertSame(one, run(way, 5, 4), "5 threads");
        boolean guided = way.request().classifierScale() != 0 || way.request().guidanceWeight() != 0;
        assertFalse(guided && Arrays.deepEquals(one, plain(way)), "the guidance does nothing");
    }

    private static void assertSame(float[][] expected, float[][] actual, String what) {
        for (int step = 0; step < STEPS; step++) {
            assertArrayEquals(expected[step], actual[step], what + ", step " + step);
        }
    }
}
