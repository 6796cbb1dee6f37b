package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PartsTest {
    @Test
    void partsCoverTheSumInOrderAndAreShort() {
        for (int segments : new int[] {1, 2, 3, 7}) {
            for (int width : new int[] {1, 9, 85, 128, 129, 192, 256, 257, 384, 1536, 2048}) {
                var parts = new Parts(segments, width);
                int limit = segments > 1 ? Parts.LONGEST_OF_WINDOW : Parts.LONGEST;
                long[] next = {0};
                parts.forEach((segment, count, offset, depth) -> {
                    assertEquals(next[0], (long) segment * width + offset, parts + ": where a part begins");
                    assertTrue(count == 1 || depth == width, parts + ": more segments than one are whole");
                    assertTrue(depth > 0 && count * depth <= limit, parts + ": " + count + " x " + depth);
                    next[0] += (long) count * depth;
                });
                assertEquals(parts.depth(), next[0], parts + ": terms");
            }
        }
    }

    @Test
    void anEmptySumIsStillComputed() {
        int[] calls = {0};
        Parts.of(0).forEach((segment, segments, offset, depth) -> calls[0] += depth == 0 ? 1 : 100);
        assertEquals(1, calls[0]);
    }
}
