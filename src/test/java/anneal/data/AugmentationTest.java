package anneal.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.ByteImage;
import anneal.kernel.Philox;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AugmentationTest {
    private static final ByteImage IMAGE = image(28, 30, 3);

    private static ByteImage image(int height, int width, int channels) {
        var pixels = new byte[height * width * channels];
        new Random(2).nextBytes(pixels);
        return new ByteImage(height, width, channels, pixels);
    }

    private static Philox.Stream stream(int sample) {
        return Philox.stream(5, 1, sample, 0);
    }

    @Test
    void theMiddleIsOneOfTheCrops() {
        assertEquals(3, EnlargedCrop.room(32));
        assertEquals(15, EnlargedCrop.room(128));
        // 3 / 2 rounds to the even 2
        assertArrayEquals(EnlargedCrop.at(IMAGE, 32, 2, 2).pixels(), EnlargedCrop.center(IMAGE, 32).pixels());
        assertThrows(IllegalArgumentException.class, () -> EnlargedCrop.at(IMAGE, 32, 4, 0));
    }

    /** Bilinear enlargement by two: the weights are quarters. */
    @Test
    void resizesAsPillowDoes() {
        var two = new ByteImage(1, 2, 1, new byte[] {0, 100});
        assertArrayEquals(new byte[] {0, 25, 75, 100}, PilResize.resize(two, 1, 4, PilResize.Filter.BILINEAR).pixels());
        assertArrayEquals(new byte[] {50}, PilResize.resize(two, 1, 1, PilResize.Filter.BILINEAR).pixels());
    }

    @Test
    void cropsAndFlipsComeFromTheStream() {
        for (var augmentation : Augmentation.values()) {
            var seen = new HashSet<String>();
            for (int i = 0; i < 40; i++) {
                var one = augmentation.apply(IMAGE, 26, stream(i));
                assertEquals(26 * 26 * 3, one.pixels().length);
                assertArrayEquals(one.pixels(), augmentation.apply(IMAGE, 26, stream(i)).pixels());
                seen.add(Arrays.toString(one.pixels()));
            }
            assertTrue(augmentation == Augmentation.CENTER ? seen.size() == 1 : seen.size() > 15,
                    augmentation + " made " + seen.size());
        }
    }

    @Test
    void aPaddedCropIsAPartOfTheImageAmongBlackOrItsMirror() {
        var white = new byte[9];
        Arrays.fill(white, (byte) 255);
        white[0] = 1;
        var image = new ByteImage(3, 3, 1, white);
        int mirrored = 0;
        for (int i = 0; i < 200; i++) {
            var crop = Augmentation.PADDED_CROP_FLIP.apply(image, 11, stream(i)).pixels();
            int at = new String(crop, StandardCharsets.ISO_8859_1).indexOf(1);
            assertEquals(4 * 11, at / 11 * 11);
            assertTrue(at % 11 == 4 || at % 11 == 6);
            mirrored += at % 11 == 6 ? 1 : 0;
        }
        assertTrue(mirrored > 70 && mirrored < 130, "mirrored " + mirrored);
        assertThrows(IllegalArgumentException.class, () -> Augmentation.PADDED_CROP_FLIP.apply(image, 12, stream(0)));
    }

    @Test
    void savingRoundsToTheNearestByte() {
        var bytes = new byte[6];
        Pixels.tensorToImageRounded(new float[] {-1, 1, 0, -2, 3, Float.NaN}, 0, bytes, 0, 6);
        assertArrayEquals(new byte[] {0, (byte) 255, (byte) 128, 0, (byte) 255, 0}, bytes);
    }
}
