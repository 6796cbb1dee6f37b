package anneal.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.diffusion.SamplingStep;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ImageSamplerTest {
    private static final int BYTES = TinySampling.SIZE * TinySampling.SIZE;

    /** Keeps nothing. */
    private static final SampleListener NOBODY = (first, images, labels) -> { };

    private final TinySampling tiny = new TinySampling(2, TinySampling.CLASSES);

    @AfterEach
    void close() {
        tiny.close();
    }

    private static SampleRequest request(int count) {
        return SampleRequest.of(count, 3).withLabels(List.of(0, 1, 2)).withSampler("ddim", 2, 0);
    }

    @Test
    void aThousandImagesTakeTheMemoryOfOneBatch() throws IOException {
        Set<Long> live = new HashSet<>();
        List<Long> peaks = new ArrayList<>();
        int[] seen = {0};
        long before = tiny.device().memory().liveBytes();
        tiny.run(request(1000).withBatch(20).withGuidance(1, 1), (first, images, labels) -> {
            assertEquals(seen[0], first);
            assertEquals(labels.length * BYTES, images.length);
            seen[0] += labels.length;
            live.add(tiny.device().memory().liveBytes());
            peaks.add(tiny.device().memory().heldBytes());
        }, () -> false);
        assertEquals(1000, seen[0]);
        assertEquals(1, live.size(), "live bytes after each batch: " + live);
        assertEquals(peaks.get(1), peaks.getLast(), "bytes held, batch after batch: " + peaks);
        assertEquals(before, tiny.device().memory().liveBytes());
    }

    @Test
    void theLastBatchIsAsSmallAsItHasToBe() {
        byte[] all = tiny.sampler().sample(request(7).withBatch(3)).pixels();
        assertEquals(7 * BYTES, all.length);
        assertArrayEquals(all, tiny.sampler().sample(request(7).withBatch(7)).pixels());
    }

    @Test
    void cancellingStopsBetweenTwoStepsAndGivesTheMemoryBack() throws IOException {
        long before = tiny.device().memory().liveBytes();
        int[] asked = {0};
        List<Integer> finished = new ArrayList<>();
        List<Integer> steps = new ArrayList<>();
        var request = request(6).withBatch(2).withSampler("ddim", 5, 0);
        var e = assertThrows(CancellationException.class, () -> tiny.run(request, new SampleListener() {
            @Override
            public void step(int first, SamplingStep step) {
                steps.add(step.index());
            }

            @Override
            public void images(int first, byte[] images, int[] labels) {
                finished.add(first);
            }
        }, () -> asked[0]++ == 8));
        assertEquals("sampling was stopped after 3 of 5 steps", e.getMessage());
        assertEquals(List.of(0), finished);
        assertEquals(List.of(0, 1, 2, 3, 4, 0, 1, 2), steps);
        assertEquals(before, tiny.device().memory().liveBytes());
        tiny.run(request(2), NOBODY, () -> false);
    }

    @Test
    void whatTheListenerThrowsComesThrough() {
        long before = tiny.device().memory().liveBytes();
        assertThrows(IOException.class, () -> tiny.run(request(4), (first, images, labels) -> {
            throw new IOException("No space left on device");
        }, () -> false));
        assertEquals(before, tiny.device().memory().liveBytes());
    }

    @Test
    void refusalsAreOneLineThatSaysWhatIsWrong() {
        refused("label 3; the classes are 0..2", request(1).withLabels(List.of(0, 3)));
        refused("label -1; the classes are 0..2", request(1).withLabels(List.of(-1)));
        var unlabelled = request(1).withLabels(List.of());
        refused("classifier guidance needs a classifier and labels", unlabelled.withGuidance(1, 0));
        refused("classifier-free guidance needs labels", unlabelled.withGuidance(0, 1));
        refused("60 steps are too many", request(1).withSampler("ddim", 60, 0));
        var without = assertThrows(IllegalArgumentException.class, () ->
                new ImageSampler(tiny.device(), tiny.sampler().model()).sample(request(1).withGuidance(1, 0)));
        assertTrue(without.getMessage().contains("needs a classifier"), without.getMessage());
        for (Runnable wrong : List.<Runnable>of(() -> request(0), () -> request(1).withBatch(0),
                () -> request(1).withSampler("euler", 2, 0), () -> request(1).withSampler("ddim", -1, 0),
                () -> request(1).withGuidance(Double.NaN, 0))) {
            var e = assertThrows(IllegalArgumentException.class, wrong::run);
            assertFalse(e.getMessage().contains("\n"), e.getMessage());
        }
    }

    @Test
    void aModelWithoutANullClassHasNoClassifierFreeGuidance() {
        try (var plain = new TinySampling(1, 0)) {
            var e = assertThrows(IllegalArgumentException.class, () ->
                    plain.sampler().sample(request(1).withGuidance(0, 1)));
            assertTrue(e.getMessage().contains("trained with a null class"), e.getMessage());
            assertEquals(BYTES, plain.sampler().sample(request(1).withGuidance(3, 0)).pixels().length);
        }
    }

    private void refused(String part, SampleRequest request) {
        var e = assertThrows(IllegalArgumentException.class, () -> tiny.run(request, NOBODY, () -> false));
        assertTrue(e.getMessage().contains(part), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }
}
