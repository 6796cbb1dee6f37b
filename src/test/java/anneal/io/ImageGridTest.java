package anneal.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ImageGridTest {

    private final Random random = new Random(6);

    @Test
    void everyPixelIsWhereItBelongsAndTheRestIsWhite() {
        int height = 3;
        int width = 4;
        var images = bytes(5 * height * width * 3);
        var sheet = ImageGrid.of(3).withScale(2).withPadding(1).draw(images, 5, height, width, 3);
        assertEquals(List.of(1 + 2 * (6 + 1), 1 + 3 * (8 + 1)), List.of(sheet.height(), sheet.width()));
        for (int y = 0; y < sheet.height(); y++) {
            for (int x = 0; x < sheet.width(); x++) {
                int row = (y - 1) / 7;
                int column = (x - 1) / 9;
                int image = row * 3 + column;
                boolean inside = y > 0 && x > 0 && (y - 1) % 7 < 6 && (x - 1) % 9 < 8 && image < 5;
                int pixel = image * height * width + (y - 1) % 7 / 2 * width + (x - 1) % 9 / 2;
                for (int c = 0; c < 3; c++) {
                    assertEquals(inside ? images[pixel * 3 + c] & 0xff : 255, sheet.at(y, x, c), y + "," + x);
                }
            }
        }
    }

    @Test
    void labelsTakeRoomAreBlackAndDoNotTouchTheImages() {
        var grey = new byte[4 * 16 * 16];
        Arrays.fill(grey, (byte) 128);
        var grid = ImageGrid.of(2).withColumnLabels(List.of("T-shirt/top", "Bag")).withRowLabels(List.of("s=0", "s=4"))
            .withCellLabels(List.of("a", "b", "", "0.125"));
        var sheet = grid.draw(grey, 4, 16, 16, 1);
        int black = 0;
        int images = 0;
        for (byte pixel : sheet.pixels()) {
            black += pixel == 0 ? 1 : 0;
            images += pixel == (byte) 128 ? 1 : 0;
        }
        assertEquals(4 * 256, images);
        assertEquals(ink("T-shirt/top") + ink("Bag") + ink("s=0") + ink("s=4") + ink("ab0.125"), black);
    }

    @Test
    void everyGlyphIsDrawnAndDiffers() {
        var seen = new HashSet<String>();
        for (char c = '!'; c <= '~'; c++) {
            var image = new ByteImage(7, 5, 1, new byte[35]);
            BitmapFont.draw(image, 0, 0, String.valueOf(c), 1, (byte) 1);
            assertNotEquals("", Arrays.toString(image.pixels()).replaceAll("[^1]", ""), c + " is empty");
            assertTrue(seen.add(Arrays.toString(image.pixels())), c + " looks like another");
        }
        assertArrayEquals(drawn("naive - ?", 1), drawn("naïve – 雪", 1));
        assertEquals((3 * 6 - 1) * 2, BitmapFont.width("abc", 2));
    }

    @Test
    void refusesWhatDoesNotFit() {
        var images = bytes(4 * 4);
        assertThrows(IllegalArgumentException.class, () -> ImageGrid.of(0));
        assertThrows(IllegalArgumentException.class, () -> ImageGrid.of(2).withColumnLabels(List.of("one")));
        assertThrows(IllegalArgumentException.class, () -> ImageGrid.of(2).draw(images, 5, 2, 2, 1));
        assertThrows(IllegalArgumentException.class,
            () -> ImageGrid.of(2).withRowLabels(List.of("one")).draw(images, 4, 2, 2, 1));
        assertThrows(IllegalArgumentException.class,
            () -> ImageGrid.of(2).withCellLabels(List.of("one")).draw(images, 4, 2, 2, 1));
    }

    private static int ink(String text) {
        int ink = 0;
        for (byte pixel : drawn(text, 1)) {
            ink += pixel;
        }
        return ink;
    }

    private static byte[] drawn(String text, int scale) {
        var image = new ByteImage(7 * scale, 100, 1, new byte[7 * scale * 100]);
        BitmapFont.draw(image, 0, 0, text, scale, (byte) 1);
        return image.pixels();
    }

    private byte[] bytes(int n) {
        var bytes = new byte[n];
        random.nextBytes(bytes);
        return bytes;
    }
}
