package anneal.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplesTest {
    private static final int SIZE = 8;

    private static Samples samples(SampleRequest request) {
        var pixels = new byte[request.count() * SIZE * SIZE];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i / (SIZE * SIZE));
        }
        return new Samples(request, SIZE, 1, pixels, new int[request.count()], List.of("a", "b"));
    }

    @Test
    void aColumnForEachLabelByItsNameOrItsNumber() {
        var grid = Samples.grid(SampleRequest.of(7, 1).withLabels(1, 0, 5), SIZE, List.of("a", "b"));
        assertEquals(List.of("b", "a", "5"), grid.columnLabels());
        assertEquals(SIZE, grid.scale());
        var fewer = Samples.grid(SampleRequest.of(2, 1).withLabels(1, 0, 5), SIZE, List.of());
        assertEquals(List.of("1", "0"), fewer.columnLabels());
    }

    @Test
    void manyLabelsGoBelowTheImages() {
        var request = SampleRequest.of(30, 1).withLabels(IntStream.range(0, 29).toArray());
        var grid = Samples.grid(request, 100, List.of());
        assertEquals(List.of(), grid.columnLabels());
        assertEquals(6, grid.columns());
        assertEquals("0", grid.cellLabels().getLast());
        assertEquals(1, grid.scale());
    }

    @Test
    void withoutLabelsASquare() {
        var grid = Samples.grid(SampleRequest.of(10, 1), 64, List.of("a"));
        assertEquals(List.of(4, 0, 0), List.of(grid.columns(), grid.columnLabels().size(), grid.cellLabels().size()));
        assertEquals(3 * (64 + 2) + 2, samples(SampleRequest.of(10, 1)).sheet().height());
    }

    @Test
    void anImageIsTakenOut() {
        var image = samples(SampleRequest.of(3, 1)).image(2);
        assertEquals(List.of(SIZE, SIZE, 1, 2), List.of(image.height(), image.width(), image.channels(),
                image.at(3, 4, 0)));
        assertThrows(IndexOutOfBoundsException.class, () -> samples(SampleRequest.of(3, 1)).image(3));
    }

    @Test
    void arraysOfOtherLengthsAreRefused() {
        var e = assertThrows(IllegalArgumentException.class, () ->
                new Samples(SampleRequest.of(2, 1), SIZE, 1, new byte[64], new int[2], List.of()));
        assertEquals("2 images of 8x8x1 take 128 bytes and 2 labels, got 64 and 2", e.getMessage());
    }

    @Test
    void theSamplerTellsOfEachStepOfEachBatchAndWhatWasAskedFor() {
        try (var tiny = new TinySampling(2, TinySampling.CLASSES)) {
            var heard = new ArrayList<List<Integer>>();
            var request = SampleRequest.of(5, 3).withLabels(2, 0).withSteps(2).withBatch(4);
            var samples = tiny.sampler().sample(request, (first, step) -> heard.add(List.of(first, step.index())));
            assertEquals(List.of(List.of(0, 0), List.of(0, 1), List.of(4, 0), List.of(4, 1)), heard);
            assertArrayEquals(new int[] {2, 0, 2, 0, 2}, samples.labels());
            assertEquals(List.of("a", "b", "c"), samples.classNames());
            assertArrayEquals(tiny.sampler().sample(request).pixels(), samples.pixels());
        }
    }
}
