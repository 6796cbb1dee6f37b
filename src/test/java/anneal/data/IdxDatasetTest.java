package anneal.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.DataException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdxDatasetTest {

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"train-%s-idx%d-ubyte", "t10k-%s.idx%d-ubyte", "letters-train-%s-idx%d-ubyte.gz"})
    void findsAndReadsThePair(String name) throws IOException {
        write(name.formatted("images", 3), images(3, 4, 5));
        write(name.formatted("labels", 1), labels(2, 0, 1));
        var set = IdxDataset.open(folder);
        assertEquals(List.of(3, 4, 5, 1, 3), List.of(set.size(), set.height(), set.width(), set.channels(), set.classes()));
        assertEquals(List.of("0", "1", "2"), set.classNames());
        assertEquals(2, set.label(0));
        assertEquals(41, set.image(2).at(0, 1, 0));
        assertEquals(3, IdxDataset.open(folder.resolve(name.formatted("images", 3))).size());
    }

    @Test
    void trainingFilesGoBeforeTestFilesAndMixedCompressionIsFound() throws IOException {
        write("t10k-images-idx3-ubyte", images(1, 2, 2));
        write("t10k-labels-idx1-ubyte", labels(0));
        write("train-images-idx3-ubyte.gz", images(2, 2, 2));
        write("train-labels-idx1-ubyte", labels(0, 1));
        assertEquals(2, IdxDataset.open(folder).size());
    }

    @Test
    void namesEveryFaultInOneLine() throws IOException {
        var good = images(3, 4, 5);
        refuses(Arrays.copyOf(good, good.length - 1), labels(0, 1, 2), "truncated");
        refuses(Arrays.copyOf(good, 9), labels(0, 1, 2), "truncated");
        refuses(Arrays.copyOf(good, good.length + 1), labels(0, 1, 2), "goes on after");
        refuses(new byte[0], labels(0, 1, 2), "truncated");
        refuses(labels(0, 1, 2), labels(0, 1, 2), "wrong magic 0x00000801, expected 0x00000803");
        refuses(good, good, "wrong magic 0x00000803, expected 0x00000801");
        refuses(good, labels(0, 1), "has 2 labels, but");
        refuses(patched(good, 8, 1 << 20), labels(0, 1, 2), "dimension 1 is 1048576");
        refuses(patched(good, 12, 0), labels(0, 1, 2), "dimension 2 is 0");
        refuses(patched(good, 4, -1), labels(0, 1, 2), "dimension 0 is 4294967295");
        refuses(patched(good, 4, Integer.MAX_VALUE), labels(0, 1, 2), "cannot hold more than");
        write("train-images-idx3-ubyte", good);
        Files.delete(folder.resolve("train-labels-idx1-ubyte"));
        assertTrue(messageOf(folder).contains("no labels beside it, expected train-labels-idx1-ubyte"));
        assertTrue(messageOf(folder.resolve("nowhere")).contains("no pair of IDX files"));
    }

    @Test
    void aDamagedGzipIsNamed() throws IOException {
        write("train-images-idx3-ubyte.gz", images(30, 14, 15));
        write("train-labels-idx1-ubyte", labels(new int[30]));
        var file = folder.resolve("train-images-idx3-ubyte.gz");
        var bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        assertTrue(messageOf(folder).startsWith(file + ": is truncated"), messageOf(folder));
        bytes[20] ^= 0x55;
        bytes[bytes.length - 5] ^= 1;
        Files.write(file, bytes);
        assertTrue(messageOf(folder).startsWith(file + ": "), messageOf(folder));
    }

    @Test
    void paddingKeepsTheMiddleAndBlackensTheRest() throws IOException {
        write("train-images-idx3-ubyte", images(2, 3, 4));
        write("train-labels-idx1-ubyte", labels(1, 0));
        var padded = new PaddedDataset(IdxDataset.open(folder), 6, 6);
        var pixels = new byte[36 + 2];
        Arrays.fill(pixels, (byte) 9);
        padded.copyImage(1, pixels, 1);
        var want = new byte[38];
        want[0] = want[37] = 9;
        for (int y = 0; y < 3; y++) {
            for (int x = 0; x < 4; x++) {
                want[1 + (y + 1) * 6 + x + 1] = (byte) (12 + y * 4 + x);
            }
        }
        assertArrayEquals(want, pixels);
        assertThrows(IllegalArgumentException.class, () -> new PaddedDataset(padded, 5, 6));
        var colour = new ChannelsDataset(padded, 3).image(1);
        assertEquals(List.of(12, 12, 12), List.of(colour.at(1, 1, 0), colour.at(1, 1, 1), colour.at(1, 1, 2)));
    }

    @Test
    void theEmbeddedFashionMnistIsWhole() throws IOException {
        var set = FashionMnist.embedded();
        assertEquals(List.of(10_000, 28, 28, 1), List.of(set.size(), set.height(), set.width(), set.channels()));
        var perClass = new int[10];
        for (int i = 0; i < set.size(); i++) {
            perClass[set.label(i)]++;
        }
        assertArrayEquals(new int[] {1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000}, perClass);
        assertEquals("Ankle boot", set.classNames().get(set.label(0)));
        assertTrue(set.description().contains("embedded"));
        assertEquals(3, new ChannelsDataset(set, 3).channels());
    }

    private void refuses(byte[] images, byte[] labels, String fault) throws IOException {
        write("train-images-idx3-ubyte", images);
        write("train-labels-idx1-ubyte", labels);
        assertTrue(messageOf(folder).contains(fault), messageOf(folder));
        assertEquals(1, messageOf(folder).lines().count());
    }

    private static String messageOf(Path place) {
        return assertThrows(DataException.class, () -> IdxDataset.open(place)).getMessage();
    }

    private void write(String name, byte[] content) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var stream = name.endsWith(".gz") ? new GZIPOutputStream(out) : out) {
            stream.write(content);
        }
        Files.write(folder.resolve(name), out.toByteArray());
    }

    /** Pixel k of the whole file has value k. */
    private static byte[] images(int count, int height, int width) {
        var buffer = ByteBuffer.allocate(16 + count * height * width).putInt(0x803).putInt(count).putInt(height).putInt(width);
        for (int i = 0; buffer.hasRemaining(); i++) {
            buffer.put((byte) i);
        }
        return buffer.array();
    }

    private static byte[] labels(int... labels) {
        var buffer = ByteBuffer.allocate(8 + labels.length).putInt(0x801).putInt(labels.length);
        for (int label : labels) {
            buffer.put((byte) label);
        }
        return buffer.array();
    }

    private static byte[] patched(byte[] file, int at, int value) {
        return ByteBuffer.wrap(file.clone()).putInt(at, value).array();
    }
}
