package anneal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.data.ImageDataset;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BatchSourceTest {
    private static final int MAX_SHIFT = 2;

    /** One image of 5 x 4 pixels of two channels, all different and none black. */
    private record OneImage() implements ImageDataset {
        @Override
        public int size() {
            return 1;
        }

        @Override
        public int height() {
            return 5;
        }

        @Override
        public int width() {
            return 4;
        }

        @Override
        public int channels() {
            return 2;
        }

        @Override
        public List<String> classNames() {
            return List.of();
        }

        @Override
        public int label(int i) {
            return NO_LABEL;
        }

        @Override
        public void copyImage(int i, byte[] dst, int offset) {
            for (int p = 0; p < imageBytes(); p++) {
                dst[offset + p] = (byte) (3 * p + 10);
            }
        }

        @Override
        public String description() {
            return "one image";
        }
    }

    /** The image moved by hand, in -1..1. */
    private static float[] moved(int down, int right) {
        var one = new OneImage();
        var out = new float[one.imageBytes()];
        for (int y = 0; y < 5; y++) {
            for (int x = 0; x < 4; x++) {
                for (int c = 0; c < 2; c++) {
                    int fromY = y - down;
                    int fromX = x - right;
                    boolean inside = fromY >= 0 && fromY < 5 && fromX >= 0 && fromX < 4;
                    int value = inside ? 3 * ((fromY * 4 + fromX) * 2 + c) + 10 : 0;
                    out[(y * 4 + x) * 2 + c] = value / 127.5f - 1;
                }
            }
        }
        return out;
    }

    @Test
    void everyShiftOccursAndNothingElseDoes() throws IOException {
        var batch = new BatchSource(new OneImage(), 400, 7, false, MAX_SHIFT, null).at(3);
        int bytes = new OneImage().imageBytes();
        Set<List<Integer>> seen = new HashSet<>();
        for (int i = 0; i < 400; i++) {
            var image = Arrays.copyOfRange(batch.images(), i * bytes, (i + 1) * bytes);
            for (int down = -MAX_SHIFT; down <= MAX_SHIFT; down++) {
                for (int right = -MAX_SHIFT; right <= MAX_SHIFT; right++) {
                    if (Arrays.equals(image, moved(down, right))) {
                        seen.add(List.of(i, down, right));
                    }
                }
            }
        }
        assertEquals(400, seen.size(), "every image is exactly one of the shifts");
        assertEquals(25, seen.stream().map(s -> s.subList(1, 3)).distinct().count());
    }

    @Test
    void aBatchCanBeMadeAgainAndStepsDiffer() throws IOException {
        var first = new BatchSource(new OneImage(), 8, 7, true, MAX_SHIFT, null);
        var again = new BatchSource(new OneImage(), 8, 7, true, MAX_SHIFT, null).at(5).images();
        first.at(0);
        assertArrayEquals(first.at(5).images(), again);
        assertTrue(!Arrays.equals(first.at(6).images(), again));
    }
}
