package anneal.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFilesTest {

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void pngKeepsEveryLevelAndItsText(int channels) throws IOException {
        var pixels = new byte[16 * 48 * channels];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i / channels % 256 + i % channels);
        }
        var image = new ByteImage(16, 48, channels, pixels);
        var text = new LinkedHashMap<String, String>();
        text.put("anneal", "{\"seed\": 7,\n \"guidanceScale\": 4.0}");
        text.put("Comment", "α from 0 to 1 – naïve");
        text.put("empty", "");
        var file = folder.resolve("x.png");
        Png.write(file, image, text);
        var read = ImageFiles.read(file);
        assertEquals(channels, read.channels());
        assertArrayEquals(pixels, read.pixels());
        assertEquals(text, new LinkedHashMap<>(Png.readText(file)));
    }

    @Test
    void pngRefusesWhatIsNoKeywordAndLeavesNothing() throws IOException {
        var image = new ByteImage(1, 1, 1, new byte[1]);
        for (var keyword : new String[] {"", " x", "a  b", "é", "x".repeat(80), "a\nb"}) {
            var file = folder.resolve("none.png");
            assertThrows(IllegalArgumentException.class, () -> Png.write(file, image, Map.of(keyword, "v")), keyword);
            assertTrue(Files.notExists(file));
        }
        Png.write(folder.resolve("long.png"), image, Map.of("x".repeat(79), "v"));
        Files.writeString(folder.resolve("text.png"), "hello");
        assertThrows(DataException.class, () -> Png.readText(folder.resolve("text.png")));
        assertThrows(DataException.class, () -> Png.readText(folder.resolve("absent.png")));
    }

    @Test
    void transparencyIsLaidOverWhite() throws IOException {
        var picture = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
        picture.setRGB(0, 0, 0xff102030);
        picture.setRGB(1, 0, 0x00102030);
        picture.setRGB(2, 0, 0x80000000);
        var read = ImageFiles.read(write(picture, "png"));
        assertArrayEquals(new byte[] {0x10, 0x20, 0x30, -1, -1, -1, 127, 127, 127}, read.pixels());
    }

    @Test
    void sixteenBitAndBinaryGreyAreReadAsStored() throws IOException {
        var deep = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setPixels(0, 0, 2, 1, new int[] {0x40ff, 0x8000});
        assertArrayEquals(new byte[] {0x40, (byte) 0x80}, ImageFiles.read(write(deep, "png")).pixels());
        var binary = new BufferedImage(9, 1, BufferedImage.TYPE_BYTE_BINARY);
        binary.setRGB(8, 0, 0xffffffff);
        assertArrayEquals(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, -1}, ImageFiles.read(write(binary, "png")).pixels());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bmp", "gif", "jpg"})
    void otherFormatsDecode(String format) throws IOException {
        var picture = new BufferedImage(16, 8, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 128; i++) {
            picture.setRGB(i % 16, i / 16, 0xff0000);
        }
        var read = ImageFiles.read(write(picture, format));
        assertEquals(8 + 16 * 100 + 300, read.height() + read.width() * 100 + read.channels() * 100);
        assertTrue(read.at(4, 4, 0) >= 250 && read.at(4, 4, 1) <= 5 && read.at(4, 4, 2) <= 5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "bmp", "gif"})
    void aTruncatedFileIsNamed(String format) throws IOException {
        var picture = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        var random = new Random(3);
        for (int i = 0; i < 4096; i++) {
            picture.setRGB(i % 64, i / 64, random.nextInt());
        }
        var whole = Files.readAllBytes(write(picture, format));
        var file = folder.resolve("cut." + format);
        for (int length : new int[] {0, 5, 40, whole.length / 2}) {
            Files.write(file, Arrays.copyOf(whole, length));
            var message = assertThrows(DataException.class, () -> ImageFiles.read(file)).getMessage();
            assertTrue(message.startsWith(file + ": ") && message.lines().count() == 1, message);
        }
    }

    private Path write(BufferedImage picture, String format) throws IOException {
        var out = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(picture, format, out));
        return Files.write(folder.resolve("picture." + format), out.toByteArray());
    }
}
