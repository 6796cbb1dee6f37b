package anneal.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints written here opcode by opcode; the authors' own are read by the parity kinds. */
class TorchCheckpointTest {
    @TempDir
    private Path folder;

    /** Writes pickles as Python's protocol 2 does. */
    private static final class Pickle {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Pickle() {
            op(0x80, 2);
        }

        Pickle op(int... bytes) {
            for (int b : bytes) {
                out.write(b);
            }
            return this;
        }

        Pickle text(String s) {
            var utf8 = s.getBytes(StandardCharsets.UTF_8);
            return op('X').little(utf8.length, 4).raw(utf8);
        }

        Pickle number(long v) {
            return op('J').little(v, 4);
        }

        Pickle little(long v, int bytes) {
            for (int i = 0; i < bytes; i++) {
                out.write((int) (v >> 8 * i));
            }
            return this;
        }

        Pickle raw(byte... bytes) {
            out.writeBytes(bytes);
            return this;
        }

        Pickle global(String module, String name) {
            return op('c').raw((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
        }

        Pickle numbers(long... values) {
            op('(');
            for (long v : values) {
                number(v);
            }
            return op('t');
        }

        Pickle tensor(String storage, String key, long length, long offset, long[] size, long... stride) {
            global("torch._utils", "_rebuild_tensor_v2").op('(');
            op('(').text("storage").global("torch", storage).text(key).text("cpu").number(length).op('t', 'Q');
            return number(offset).numbers(size).numbers(stride).op(0x89).orderedDict().op('t', 'R');
        }

        Pickle orderedDict() {
            return global("collections", "OrderedDict").op(')', 'R');
        }

        byte[] end() {
            return op('.').out.toByteArray();
        }
    }

    private static byte[] floats(float... values) {
        var b = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float v : values) {
            b.putFloat(v);
        }
        return b.array();
    }

    private Path zip(byte[] pickle, Map<String, byte[]> storages) throws IOException {
        var all = new LinkedHashMap<String, byte[]>();
        all.put("net/data.pkl", pickle);
        all.put("net/byteorder", "little".getBytes(StandardCharsets.UTF_8));
        storages.forEach((key, bytes) -> all.put("net/data/" + key, bytes));
        return zip(all, ZipEntry.STORED);
    }

    private Path zip(Map<String, byte[]> entries, int method) throws IOException {
        var file = folder.resolve("net.pt");
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (var e : entries.entrySet()) {
                var entry = new ZipEntry(e.getKey());
                entry.setMethod(method);
                if (method == ZipEntry.STORED) {
                    var crc = new CRC32();
                    crc.update(e.getValue());
                    entry.setSize(e.getValue().length);
                    entry.setCrc(crc.getValue());
                }
                zip.putNextEntry(entry);
                zip.write(e.getValue());
            }
        }
        return file;
    }

    /** {'step': 7, 'rate': 0.5, 'on': True, 'none': None, 'model': OrderedDict(w=.., t=w turned), 'list': ['a', 3]} */
    private static byte[] everything() {
        return new Pickle().op('}', '(')
                .text("step").number(7)
                .text("rate").op('G').raw(ByteBuffer.allocate(8).putDouble(0.5).array())
                .text("on").op(0x88).text("none").op('N')
                .text("model").orderedDict().op('(')
                .text("w").tensor("FloatStorage", "0", 7, 1, new long[] {2, 3}, 3, 1)
                .text("t").tensor("FloatStorage", "0", 7, 1, new long[] {3, 2}, 1, 3)
                .op('u').op('}').text("_metadata").orderedDict().op('s', 'b')
                .text("list").op(']', '(').text("a").op('K', 3, 'e')
                .op('u').end();
    }

    private static void assertEverything(Path file) throws IOException {
        try (var c = TorchCheckpoint.read(file)) {
            assertEquals(List.of("step", "rate", "on", "none", "model/w", "model/t", "list/0", "list/1"),
                    List.copyOf(c.entries().keySet()));
            assertEquals(7L, c.entries().get("step"));
            assertEquals(0.5, c.entries().get("rate"));
            assertEquals(true, c.entries().get("on"));
            assertEquals("a", c.entries().get("list/0"));
            var model = c.tensors("model");
            assertEquals(List.of("w", "t"), List.copyOf(model.keySet()));
            assertArrayEquals(new long[] {2, 3}, model.get("w").shape());
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, model.get("w").toFloats());
            assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, model.get("t").toFloats());
            assertEquals(2, c.tensors("").size());
            var e = assertThrows(DataException.class, () -> c.tensors("ema"));
            assertEquals(file + ": has no tensors under 'ema'", e.getMessage());
        }
    }

    @Test
    void readsTheZipForm() throws IOException {
        assertEverything(zip(everything(), Map.of("0", floats(0, 1, 2, 3, 4, 5, 6))));
    }

    private Path legacy(byte[] pickle, long length, byte... storage) throws IOException {
        var out = new ByteArrayOutputStream();
        out.writeBytes(new Pickle().op(0x8a, 10).raw(new byte[] {0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9,
            0x20, 0x6a, (byte) 0xa8, 0x50, 0x19}).end());
        out.writeBytes(new Pickle().number(1001).end());
        out.writeBytes(new Pickle().op('}').text("little_endian").op(0x88, 's').end());
        out.writeBytes(pickle);
        out.writeBytes(new Pickle().op(']').text("0").op('a').end());
        out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
        out.writeBytes(storage);
        var file = folder.resolve("old.pth");
        Files.write(file, out.toByteArray());
        return file;
    }

    @Test
    void readsTheLegacyForm() throws IOException {
        assertEverything(legacy(everything(), 7, floats(0, 1, 2, 3, 4, 5, 6)));
    }

    private static void refused(Path file, String words) {
        var e = assertThrows(DataException.class, () -> TorchCheckpoint.read(file).close());
        assertTrue(e.getMessage().startsWith(file + ": ") && e.getMessage().contains(words), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    private void refusedPickle(Pickle pickle, String words) throws IOException {
        refused(zip(pickle.end(), Map.of("0", floats(1, 2))), words);
    }

    @Test
    void whateverCouldRunCodeIsRefusedByName() throws IOException {
        refusedPickle(new Pickle().global("os", "system").text("true").op(0x85, 'R'), "'os.system' is refused");
        refusedPickle(new Pickle().text("builtins").text("eval").op(0x93), "'builtins.eval' is refused");
        refusedPickle(new Pickle().global("torch", "load"), "'torch.load' is refused");
        refusedPickle(new Pickle().global("numpy.core.multiarray", "_reconstruct"),
                "'numpy.core.multiarray._reconstruct' is refused");
        refusedPickle(new Pickle().op('}', '}', 0x81), "opcode 0x81");
        refusedPickle(new Pickle().op('i').raw("os\nsystem\n".getBytes(StandardCharsets.UTF_8)), "opcode 0x69");
        refusedPickle(new Pickle().text("f").op(')', 'R'), "calls something that is not a function");
        refusedPickle(new Pickle().global("torch", "FloatStorage").op(')', 'R'), "calls a storage");
        refusedPickle(new Pickle().text("f").op('}', 'b'), "sets attributes");
    }

    @Test
    void damagedPicklesAreRefused() throws IOException {
        refusedPickle(new Pickle().op('X').little(1000, 4), "is cut short: 1000 bytes");
        refusedPickle(new Pickle().op('X').little(0xffffffffL, 4), "is cut short");
        refusedPickle(new Pickle().op(0x8d).little(Long.MAX_VALUE, 8), "is cut short");
        refusedPickle(new Pickle().op('h', 9), "never stored");
        refusedPickle(new Pickle().op('t'), "no");
        refusedPickle(new Pickle().op('s'), "takes a value where there is none");
        refusedPickle(new Pickle().op('}').text("a").text("b").text("c").op('s'), "damaged");
        refusedPickle(new Pickle().op('}', '}').text("v").op('s'), "key that is neither");
        refusedPickle(new Pickle().op('N', 'N'), "values too many");
        refusedPickle(new Pickle().op(0x80, 9), "protocol 9");
        refused(zip(new byte[] {(byte) 0x80, 2}, Map.of()), "is cut short");
    }

    @Test
    void whatContainsItselfIsRefused() throws IOException {
        refusedPickle(new Pickle().op(']', 'q', 0, 'h', 0, 'a'), "nested more than 64 deep");
    }

    @Test
    void sizesAreHeldAgainstTheFile() throws IOException {
        refusedPickle(new Pickle().tensor("FloatStorage", "0", 2, 0, new long[] {3}, 1),
                "shape [3] in a storage of 2 elements");
        refusedPickle(new Pickle().tensor("FloatStorage", "0", 2, 1, new long[] {2}, 1), "reaches element 2");
        refusedPickle(new Pickle().tensor("FloatStorage", "0", 2, 0, new long[] {2}, -1), "negative strides");
        refusedPickle(new Pickle().tensor("FloatStorage", "0", 2_000_000_000, 0, new long[] {2_000_000_000}, 1),
                "it has 8 bytes");
        refusedPickle(new Pickle().tensor("FloatStorage", "1", 2, 0, new long[] {2}, 1), "there is none");
        refusedPickle(new Pickle().tensor("FloatStorage", "0", 2, 0, new long[] {-2}, 1), "negative extent");
        refused(legacy(new Pickle().tensor("FloatStorage", "0", 2, 0, new long[] {2}, 1).end(), 1L << 60, floats(1, 2)),
                "storage '0' has 1152921504606846976 elements of 4 bytes, but 8 bytes are left");
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        refused(zip(Map.of("a.npy", new byte[3]), ZipEntry.STORED), "an archive with one data.pkl is needed");
        refused(zip(Map.of("net/data.pkl", new Pickle().op('}').end()), ZipEntry.DEFLATED), "is compressed");
        refused(zip(Map.of("net/data.pkl", new byte[1], "net/byteorder", "big".getBytes(StandardCharsets.UTF_8)),
                ZipEntry.STORED), "big-endian");
        var text = Files.writeString(folder.resolve("text.pt"), "hello");
        refused(text, "the pickle");
        refused(folder.resolve("missing.pt"), "no such file");
        var zipped = Files.writeString(folder.resolve("cut.pt"), "PK");
        refused(zipped, "is not a checkpoint of PyTorch");
    }
}
