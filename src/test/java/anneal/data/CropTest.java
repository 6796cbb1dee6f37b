package anneal.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import anneal.io.ByteImage;
import anneal.io.Fixtures;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CropTest {

    static List<String> centerCrops() throws IOException {
        return Fixtures.startingWith("center_crop");
    }

    @ParameterizedTest
    @MethodSource("centerCrops")
    void centerCropGivesPilsBytes(String name) throws IOException {
        try (var fixture = Fixtures.open(name)) {
            var want = Fixtures.image(fixture.get("out.image"));
            var got = Crop.center(Fixtures.image(fixture.get("in.image")), want.width());
            assertArrayEquals(want.pixels(), got.pixels());
        }
    }

    @ParameterizedTest
    @CsvSource({"random_crop_0_45x60_to_16, 18, 3, 1", "random_crop_1_41x30_to_20, 25, 0, 9"})
    void randomCropGivesPilsBytes(String name, int target, int top, int left) throws IOException {
        try (var fixture = Fixtures.open(name)) {
            var want = Fixtures.image(fixture.get("out.image"));
            var got = Crop.random(Fixtures.image(fixture.get("in.image")), want.width(), target, top, left);
            assertArrayEquals(want.pixels(), got.pixels());
        }
    }

    @Test
    void greyIsResizedAsEachChannelOfColourIs() {
        var pixels = new byte[37 * 53];
        new Random(1).nextBytes(pixels);
        var grey = new ByteImage(37, 53, 1, pixels);
        assertArrayEquals(Crop.center(grey, 16).withChannels(3).pixels(), Crop.center(grey.withChannels(3), 16).pixels());
        assertThrows(IllegalArgumentException.class, () -> Crop.random(grey, 16, 18, 3, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"image_to_tensor", "image_to_tensor_flip"})
    void imageToTensorGivesTheOriginalsFloats(String name) throws IOException {
        try (var fixture = Fixtures.open(name)) {
            var image = Fixtures.image(fixture.get("in.image"));
            var x = new float[image.pixels().length + 1];
            Pixels.imageToTensor(image.pixels(), 0, image.height(), image.width(), 3, name.endsWith("flip"), x, 1);
            var want = fixture.get("out.x").toFloats();
            int area = image.height() * image.width();
            for (int i = 0; i < area * 3; i++) {
                assertEquals(want[i % 3 * area + i / 3], x[1 + i]);
            }
        }
    }

    @Test
    void tensorToImageTruncates() throws IOException {
        try (var fixture = Fixtures.open("tensor_to_image")) {
            var shape = fixture.get("in.x").intShape();
            var nchw = fixture.get("in.x").toFloats();
            int area = shape[2] * shape[3];
            var nhwc = new float[nchw.length];
            for (int i = 0; i < nhwc.length; i++) {
                nhwc[i] = nchw[i / (3 * area) * 3 * area + i % 3 * area + i / 3 % area];
            }
            var image = new byte[nhwc.length];
            Pixels.tensorToImage(nhwc, 0, image, 0, image.length);
            assertArrayEquals(fixture.get("out.image").toBytes(), image);
        }
        var edge = new byte[3];
        Pixels.tensorToImage(new float[] {Float.NaN, 9, Float.NEGATIVE_INFINITY}, 0, edge, 0, 3);
        assertArrayEquals(new byte[] {0, -1, 0}, edge);
    }
}
