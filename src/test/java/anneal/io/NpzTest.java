package anneal.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NpzTest {

    @TempDir Path folder;

    @Test
    void streamsImagesAndLabelsOutAndIn() throws IOException {
        var file = folder.resolve("samples.npz");
        var random = new Random(4);
        var images = new byte[37][8 * 8 * 3];
        var labels = random.longs(37, 0, 10).toArray();
        Npz.write(file, npz -> {
            npz.array("arr_0", FileType.U8, new long[] {37, 8, 8, 3}, out -> {
                for (var image : images) {
                    random.nextBytes(image);
                    out.write(image);
                }
            });
            npz.array("arr_1", TensorData.of(labels, 37));
            npz.array("scalar", TensorData.of(new double[] {0.25}));
            npz.array("none", TensorData.of(new float[0], 0, 5));
        });
        try (var read = NpzFile.open(file)) {
            assertEquals(List.of("arr_0", "arr_1", "scalar", "none"), read.names());
            assertArrayEquals(new long[] {37, 8, 8, 3}, read.read("arr_0").shape());
            assertArrayEquals(labels, read.read("arr_1").toLongs());
            assertArrayEquals(new double[] {0.25}, read.read("scalar").toDoubles());
            assertEquals(FileType.F32, read.read("none").type());
            try (var elements = read.stream("arr_0")) {
                for (var image : images) {
                    assertArrayEquals(image, elements.bytes().readNBytes(image.length));
                }
                assertEquals(-1, elements.bytes().read());
            }
        }
    }

    @Test
    void theHeaderIsTheOneThatNumpyWrites() throws IOException {
        var out = new ByteArrayOutputStream();
        Npy.writeHeader(out, new Npy.Header(FileType.U8, new long[] {50000, 32, 32, 3}));
        var text = out.toString(StandardCharsets.ISO_8859_1);
        assertEquals(128, text.length());
        assertTrue(text.startsWith("\u0093NUMPY\u0001\u0000v\u0000{'descr': '|u1', 'fortran_order': False, 'shape': "
            + "(50000, 32, 32, 3), }  "), text);
        assertTrue(text.endsWith(" \n"));
    }

    @Test
    void theSameArraysMakeTheSameFile() throws IOException {
        for (var name : List.of("a", "b")) {
            Npz.write(folder.resolve(name), npz -> npz.array("x", TensorData.of(new int[] {1, 2, 3}, 3)));
        }
        assertEquals(-1, Files.mismatch(folder.resolve("a"), folder.resolve("b")));
    }

    @Test
    void aWrongNumberOfBytesLeavesNoFile() throws IOException {
        var file = folder.resolve("short.npz");
        for (int bytes : new int[] {5, 7}) {
            var refusal = assertThrows(DataException.class, () -> Npz.write(file, npz ->
                npz.array("arr_0", FileType.U8, new long[] {2, 3}, out -> out.write(new byte[bytes]))));
            assertTrue(refusal.getMessage().contains("array 'arr_0' got"), refusal.getMessage());
        }
        try (var left = Files.list(folder)) {
            assertEquals(0, left.count());
        }
        assertThrows(IllegalArgumentException.class, () -> Npz.write(file, npz -> {
            npz.array("x", TensorData.of(new int[1], 1));
            npz.array("x", TensorData.of(new int[1], 1));
        }));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
        {'descr': '>f4', 'fortran_order': False, 'shape': (2,), }         ; 8 ; elements of type '>f4'
        {'descr': '|O', 'fortran_order': False, 'shape': (2,), }          ; 8 ; elements of type '|O'
        {'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}  ; 8 ; without a plain element type
        {'descr': '<f4', 'fortran_order': True, 'shape': (1, 2), }        ; 8 ; Fortran order
        {'descr': '<f4', 'fortran_order': False, 'shape': (3,), }         ; 8 ; holds 136 bytes, its shape asks for 140
        {'descr': '<f4', 'fortran_order': False, 'shape': (-3,), }        ; 8 ; without a shape
        {'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 8), } ; 8 ; impossible shape
        {'descr': '<f4', 'shape': (2,), }                                 ; 8 ; without fortran_order
        """)
    void refusesWhatItCannotRead(String header, int dataBytes, String fault) throws IOException {
        var file = archive(npy(header, dataBytes));
        try (var read = NpzFile.open(file)) {
            var message = assertThrows(DataException.class, () -> read.read("x")).getMessage();
            assertTrue(message.startsWith(file + ": array 'x': ") && message.contains(fault), message);
            assertEquals(1, message.lines().count());
        }
    }

    @Test
    void readsStoredEntriesOtherQuotesAndFortranVectors() throws IOException {
        var plain = npy("{\"shape\": (2,), \"fortran_order\": True, \"descr\": \"<i4\"}", 8);
        plain[plain.length - 4] = 9;
        try (var read = NpzFile.open(archive(plain))) {
            assertArrayEquals(new long[] {0, 9}, read.read("x").toLongs());
            assertTrue(assertThrows(DataException.class, () -> read.read("y")).getMessage().contains("only [x]"));
        }
        Files.write(folder.resolve("x.npy"), plain);
        assertArrayEquals(new long[] {0, 9}, NpzFile.readNpy(folder.resolve("x.npy")).toLongs());
        Files.write(folder.resolve("x.npy"), Arrays.copyOf(plain, plain.length - 1));
        assertThrows(DataException.class, () -> NpzFile.readNpy(folder.resolve("x.npy")));
        Files.write(folder.resolve("x.npy"), Arrays.copyOf(plain, 20));
        assertThrows(DataException.class, () -> NpzFile.readNpy(folder.resolve("x.npy")));
        assertThrows(DataException.class, () -> NpzFile.open(folder.resolve("x.npy")));
        assertThrows(DataException.class, () -> NpzFile.open(folder.resolve("absent.npz")));
    }

    /** An archive whose one entry is stored, as numpy.savez does. */
    private Path archive(byte[] npy) throws IOException {
        var file = folder.resolve("archive.npz");
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            var entry = new ZipEntry("x.npy");
            var crc = new CRC32();
            crc.update(npy);
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(npy.length);
            entry.setCrc(crc.getValue());
            zip.putNextEntry(entry);
            zip.write(npy);
        }
        return file;
    }

    private static byte[] npy(String header, int dataBytes) {
        var text = (header + " ".repeat(117 - header.length()) + "\n").getBytes(StandardCharsets.US_ASCII);
        var bytes = new byte[10 + text.length + dataBytes];
        System.arraycopy(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0}, 0, bytes, 0, 10);
        System.arraycopy(text, 0, bytes, 10, text.length);
        return bytes;
    }
}
