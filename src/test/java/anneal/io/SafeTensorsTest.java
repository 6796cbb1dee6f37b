package anneal.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTensorsTest {

    @TempDir Path folder;

    @Test
    void aStreamGivesWhatTheFileGives() throws IOException {
        var tensors = new LinkedHashMap<String, TensorData>();
        tensors.put("a", TensorData.of(new float[] {1.5f, -2}, 2));
        tensors.put("b", TensorData.of(new byte[] {3}, 1));
        var file = folder.resolve("model.safetensors");
        SafeTensors.write(file, tensors, Map.of("key", "value"));
        var bytes = Files.readAllBytes(file);
        try (var read = SafeTensors.read(Path.of("in the jar"), new ByteArrayInputStream(bytes))) {
            assertEquals(List.of("a", "b"), List.copyOf(read.tensors().keySet()));
            assertArrayEquals(new float[] {1.5f, -2}, read.get("a").toFloats());
            assertArrayEquals(new byte[] {3}, read.get("b").toBytes());
            assertEquals(Map.of("key", "value"), read.metadata());
        }
        for (int length : new int[] {0, 7, 20, bytes.length - 1}) {
            var cut = new ByteArrayInputStream(bytes, 0, length);
            var e = assertThrows(DataException.class, () -> SafeTensors.read(Path.of("in the jar"), cut));
            assertTrue(e.getMessage().startsWith("in the jar: "), e.getMessage());
        }
    }

    @Test
    void keepsEveryTypeNameShapeValueAndOrder() throws IOException {
        var random = new Random(1);
        var tensors = new LinkedHashMap<String, TensorData>();
        tensors.put("bytes", TensorData.of(new byte[] {1, -1, 7}, 3));
        tensors.put("scalar", TensorData.of(new float[] {2.5f}));
        tensors.put("nothing", TensorData.of(new float[0], 4, 0, 3));
        var doubles = random.doubles(15).toArray();
        tensors.put("ünïcode \"quoted\"", TensorData.of(doubles, 3, 5));
        tensors.put("ints", TensorData.of(new int[] {Integer.MIN_VALUE, 5}, 2));
        tensors.put("longs", TensorData.of(new long[] {Long.MIN_VALUE, Long.MAX_VALUE}, 2, 1));
        for (var type : List.of(FileType.F16, FileType.BF16, FileType.F32)) {
            tensors.put("as " + type, TensorData.of(doubles, 15).cast(type));
        }
        tensors.put("last nothing", TensorData.of(new long[0], 0));
        var file = folder.resolve("sub/model.safetensors");
        SafeTensors.write(file, tensors, Map.of("config", "{\"channels\": 64}", "é", ""));

        try (var read = SafeTensors.read(file)) {
            assertEquals(List.copyOf(tensors.keySet()), List.copyOf(read.tensors().keySet()));
            assertEquals(Map.of("config", "{\"channels\": 64}", "é", ""), read.metadata());
            for (var name : tensors.keySet()) {
                var want = tensors.get(name);
                assertEquals(want.type(), read.get(name).type(), name);
                assertArrayEquals(want.shape(), read.get(name).shape(), name);
                assertArrayEquals(want.toBytes(), read.get(name).toBytes(), name);
                assertEquals(0, (read.get(name).bytes().address()) % want.type().bytes(), name + " is aligned");
            }
            assertArrayEquals(new long[] {Long.MIN_VALUE, Long.MAX_VALUE}, read.get("longs").toLongs());
            assertArrayEquals(new long[] {1, 255, 7}, read.get("bytes").toLongs());
            assertThrows(DataException.class, () -> read.get("absent"));
        }
        assertEquals(1, filesIn(file.getParent()), "no temporary file stays");
    }

    @Test
    void writesFromSegmentsLargerThanItsStagingBuffer() throws IOException {
        try (var arena = Arena.ofConfined()) {
            var segment = arena.allocate((1 << 20) * 5L / 2 + 12);
            var noise = new byte[(int) segment.byteSize()];
            new Random(2).nextBytes(noise);
            segment.copyFrom(MemorySegment.ofArray(noise));
            var tensors = new LinkedHashMap<String, TensorData>();
            tensors.put("w", new TensorData(FileType.F32, new long[] {segment.byteSize() / 4}, segment));
            tensors.put("floats", new TensorData(FileType.F32, new long[] {2}, MemorySegment.ofArray(new float[] {1, 2})));
            SafeTensors.write(folder.resolve("big"), tensors, Map.of());
            try (var read = SafeTensors.read(folder.resolve("big"))) {
                assertEquals(-1, segment.mismatch(read.get("w").bytes()));
                assertArrayEquals(new float[] {1, 2}, read.get("floats").toFloats());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}                      | 8 | not valid JSON
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x                   | 8 | not valid JSON
        {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | 8 | Duplicate
        [1,2]                                                                      | 0 | not a JSON object
        {"a":7}                                                                    | 0 | tensor 'a': must be an object
        {"a":{"shape":[2],"data_offsets":[0,8]}}                                   | 8 | tensor 'a': dtype is null
        {"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}                 | 8 | tensor 'a': dtype is "F8_E4M3", known are
        {"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}                    | 8 | shape must hold integers of 0 or more, found -2
        {"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}                   | 8 | found 2.5
        {"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}                       | 8 | shape must be a list
        {"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}} | 0 | too large
        {"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}}   | 0 | too large
        {"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}  | 8 | found 99999999999999999999
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}                    | 8 | within the 8 bytes
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}                     | 8 | data_offsets are [8, 0]
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}                       | 8 | data_offsets are [0]
        {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}                     | 8 | span 8 bytes, expected 12 for F32[3]
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}                    | 12 | starts at offset 4, expected 0: there is a hole
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[4],"data_offsets":[6,10]}} | 10 | tensor 'b' starts at offset 6, expected 8: it overlaps
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}                     | 9 | tensors end at offset 8, the file's data at 9
        {"__metadata__":{"a":1}}                                                   | 0 | must be a string, found 1
        {"__metadata__":"x"}                                                       | 0 | object of strings
        """)
    void refusesInOneLineThatNamesFileAndFault(String json, int dataBytes, String fault) throws IOException {
        var file = raw(json.length(), json, dataBytes);
        var refusal = assertThrows(DataException.class, () -> SafeTensors.read(file).close());
        assertTrue(refusal.getMessage().contains(fault), refusal.getMessage());
        assertTrue(refusal.getMessage().startsWith(file.toString()), refusal.getMessage());
        assertEquals(1, refusal.getMessage().lines().count());
    }

    @ParameterizedTest
    @CsvSource({"1000", "-1", "9223372036854775807", "1", "0"})
    void refusesAHeaderLengthThatCannotBe(long length) throws IOException {
        var file = raw(length, "{}", 0);
        var refusal = assertThrows(DataException.class, () -> SafeTensors.read(file).close());
        assertTrue(refusal.getMessage().contains("header length is"), refusal.getMessage());
    }

    @Test
    void anEmptyFileHasNoTensorsAndAMissingOneIsNamed() throws IOException {
        try (var read = SafeTensors.read(raw(2, "{}", 0))) {
            assertTrue(read.tensors().isEmpty() && read.metadata().isEmpty());
        }
        Files.write(folder.resolve("short"), new byte[5]);
        assertTrue(messageOf("short").contains("5 bytes"));
        assertEquals(folder.resolve("none") + ": no such file", messageOf("none"));
    }

    @Test
    void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
        var file = folder.resolve("kept.txt");
        AtomicFiles.write(file, out -> out.write("old".getBytes(StandardCharsets.UTF_8)));
        assertThrows(IllegalStateException.class, () -> AtomicFiles.write(file, out -> {
            out.write(new byte[1 << 20]);
            throw new IllegalStateException("cut");
        }));
        assertEquals("old", Files.readString(file));
        assertEquals(1, filesIn(folder));
        AtomicFiles.write(file, out -> out.write('n'));
        assertEquals("n", Files.readString(file));
        assertThrows(DataException.class, () -> AtomicFiles.write(folder, out -> out.write(1)));
        var link = Files.createSymbolicLink(folder.resolve("link"), file);
        AtomicFiles.write(link, out -> out.write('l'));
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("l", Files.readString(file));
        assertFalse(Files.isSymbolicLink(file));
    }

    private Path raw(long length, String json, int dataBytes) throws IOException {
        var bytes = json.getBytes(StandardCharsets.UTF_8);
        var buffer = ByteBuffer.allocate(8 + bytes.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        return Files.write(folder.resolve("bad.safetensors"), buffer.putLong(length).put(bytes).array());
    }

    private String messageOf(String name) {
        return assertThrows(DataException.class, () -> SafeTensors.read(folder.resolve(name)).close()).getMessage();
    }

    private static long filesIn(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.count();
        }
    }
}
