package anneal.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.ByteImage;
import anneal.io.DataException;
import anneal.io.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderDatasetTest {

    @TempDir Path folder;
    private final Random random = new Random(5);

    @Test
    void classesAreSubFoldersInTheOrderOfTheirNames() throws IOException {
        var cat = picture("cat/deep/2.png", 40, 30, 3);
        picture("dog/1.PNG", 20, 20, 3);
        picture("dog/0.png", 17, 33, 1);
        picture(".git/x.png", 8, 8, 3);
        Files.createDirectories(folder.resolve("nothing"));
        Files.writeString(folder.resolve("README.md"), "not a picture");
        var set = ImageFolderDataset.open(folder, 16, 3);
        assertEquals(List.of("cat", "dog"), set.classNames());
        assertEquals(List.of(3, 16, 16, 3, 0, 1, 1), List.of(set.size(), set.height(), set.width(), set.channels(),
            set.label(0), set.label(1), set.label(2)));
        assertEquals("0.png", set.file(1).getFileName().toString());
        assertArrayEquals(Crop.center(cat, 16).pixels(), set.image(0).pixels());
        assertArrayEquals(set.image(0).pixels(), set.image(0).pixels());
        assertEquals(1, ImageFolderDataset.open(folder, 9, 1).image(2).channels());
    }

    @Test
    void aFlatFolderHasNoClasses() throws IOException {
        picture("b.png", 20, 20, 3);
        picture("a.png", 10, 10, 1);
        var set = ImageFolderDataset.open(folder, 12, 3);
        assertEquals(List.of(0, 2, ImageDataset.NO_LABEL), List.of(set.classes(), set.size(), set.label(1)));
        assertEquals("a.png", set.file(0).getFileName().toString());
    }

    @Test
    void namesWhatIsWrongInOneLine() throws IOException {
        assertTrue(messageOf().contains("has no pictures"));
        picture("a.png", 10, 10, 3);
        picture("sub/a.png", 10, 10, 3);
        assertTrue(messageOf().contains("has 1 pictures beside its 1 class folders"));
        Files.delete(folder.resolve("a.png"));
        Files.writeString(folder.resolve("sub/fake.jpg"), "no picture at all");
        assertTrue(messageOf().startsWith(folder.resolve("sub/fake.jpg") + ": is not a picture"), messageOf());
        Files.delete(folder.resolve("sub/fake.jpg"));
        var good = Files.readAllBytes(folder.resolve("sub/a.png"));
        Files.write(folder.resolve("sub/cut.png"), Arrays.copyOf(good, good.length / 2));
        assertTrue(messageOf().startsWith(folder.resolve("sub/cut.png") + ": "), messageOf());
        assertThrows(IllegalArgumentException.class, () -> ImageFolderDataset.open(folder, 0, 3));
        assertThrows(IllegalArgumentException.class, () -> ImageFolderDataset.open(folder, 8, 2));
    }

    @Test
    void specsOpenWhatTheyName() throws IOException {
        picture("pets/cat/a.png", 40, 40, 3);
        assertEquals(List.of("cat"), Datasets.open(folder.resolve("pets").toString(), 16, 3).classNames());
        var fashion = Datasets.open("fashion-embedded", 32, 1);
        var raw = FashionMnist.embedded();
        assertEquals(List.of(10_000, 32, 1), List.of(fashion.size(), fashion.width(), fashion.channels()));
        assertEquals(raw.image(7).at(10, 11, 0), fashion.image(7).at(12, 13, 0));
        assertEquals(28, Datasets.open("fashion-embedded", 28, 1).width());
        var small = Datasets.open("fashion-embedded", 14, 3);
        assertEquals(List.of(14, 3), List.of(small.height(), small.channels()));
        assertArrayEquals(Crop.center(raw.image(3), 14).withChannels(3).pixels(), small.image(3).pixels());
        assertEquals(64, Datasets.open("fashion-embedded", 64, 1).image(0).width());
        for (var wrong : List.of("fashoin", folder.resolve("pets/cat/a.png").toString())) {
            var message = assertThrows(DataException.class, () -> Datasets.open(wrong, 32, 1)).getMessage();
            assertTrue(message.contains("expected 'fashion'") || message.contains("the folder that it lies in"), message);
        }
        assertThrows(IllegalArgumentException.class, () -> Datasets.open("fashion", 32, 4));
    }

    private ByteImage picture(String name, int height, int width, int channels) throws IOException {
        var pixels = new byte[height * width * channels];
        random.nextBytes(pixels);
        var image = new ByteImage(height, width, channels, pixels);
        Png.write(folder.resolve(name), image, Map.of());
        return image;
    }

    private String messageOf() {
        var message = assertThrows(DataException.class, () -> ImageFolderDataset.open(folder, 8, 3)).getMessage();
        assertEquals(1, message.lines().count());
        return message;
    }
}
