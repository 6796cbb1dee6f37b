package anneal.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/** The header of a safetensors file, parsed and held against the file's size. Every complaint is one line. */
record SafeTensorsHeader(LinkedHashMap<String, Entry> entries, Map<String, String> metadata, long dataStart) {

    private static final int PREFIX = Long.BYTES;
    /** The limit of the format's own implementation. */
    private static final long LONGEST = 100_000_000;

    /** Where a tensor lies: {@code [begin, end)} in the data after the header. */
    record Entry(FileType type, long[] shape, long begin, long end) {
        long byteSize() {
            return end - begin;
        }
    }

    /** Where the bytes come from. */
    @FunctionalInterface
    interface Source {
        /** {@code n} bytes from {@code at} on, little-endian. */
        ByteBuffer read(long at, int n) throws IOException;
    }

    static SafeTensorsHeader read(Path path, long size, Source source) throws IOException {
        if (size < PREFIX) {
            throw DataException.in(path, "not a safetensors file: %d bytes, at least 8 are needed", size);
        }
        long length = source.read(0, PREFIX).getLong(0);
        if (length < 2 || length > Math.min(size - PREFIX, LONGEST)) {
            throw DataException.in(path, "header length is %s, the file leaves room for 2 to %d bytes",
                Long.toUnsignedString(length), Math.min(size - PREFIX, LONGEST));
        }
        var json = new byte[(int) length];
        source.read(PREFIX, json.length).get(json);
        var root = parse(path, json);
        long dataStart = PREFIX + length;
        var entries = new LinkedHashMap<String, Entry>();
        var metadata = new LinkedHashMap<String, String>();
        for (var field : root.properties()) {
            if (field.getKey().equals(SafeTensors.METADATA)) {
                readMetadata(path, field.getValue(), metadata);
            } else {
                var fields = new EntryReader(path, field.getKey(), field.getValue());
                entries.put(field.getKey(), fields.read(size - dataStart));
            }
        }
        checkTiling(path, entries, size - dataStart);
        return new SafeTensorsHeader(entries, metadata, dataStart);
    }

    private static JsonNode parse(Path path, byte[] json) throws DataException {
        var mapper = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
        try {
            var root = mapper.readTree(json);
            if (!root.isObject()) {
                throw DataException.in(path, "header is not a JSON object");
            }
            return root;
        } catch (JsonProcessingException e) {
            throw DataException.in(path, "header is not valid JSON: %s", DataException.firstLine(e));
        } catch (IOException e) {
            throw DataException.from(path, e);
        }
    }

    private static void readMetadata(Path path, JsonNode node, Map<String, String> into) throws DataException {
        if (!node.isObject()) {
            throw DataException.in(path, "%s must be an object of strings", SafeTensors.METADATA);
        }
        for (var field : node.properties()) {
            if (!field.getValue().isTextual()) {
                throw DataException.in(path, "%s '%s' must be a string, found %s", SafeTensors.METADATA, field.getKey(),
                    brief(field.getValue()));
            }
            into.put(field.getKey(), field.getValue().textValue());
        }
    }

    /** Sorted by offset, the tensors must follow each other exactly and end with the file. */
    private static void checkTiling(Path path, Map<String, Entry> entries, long dataSize) throws DataException {
        var sorted = entries.entrySet().stream().sorted(Map.Entry.comparingByValue(
            Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))).toList();
        long end = 0;
        for (var named : sorted) {
            long begin = named.getValue().begin();
            if (begin != end) {
                throw DataException.in(path, "tensor '%s' starts at offset %d, expected %d: %s", named.getKey(), begin,
                    end, begin < end ? "it overlaps its neighbour" : "there is a hole before it");
            }
            end = named.getValue().end();
        }
        if (end != dataSize) {
            throw DataException.in(path, "the tensors end at offset %d, the file's data at %d", end, dataSize);
        }
    }

    private static String brief(JsonNode node) {
        var text = String.valueOf(node);
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }

    /** Reads one tensor's entry; knows what to name in a complaint. */
    private record EntryReader(Path path, String name, JsonNode node) {

        Entry read(long dataSize) throws DataException {
            if (!node.isObject()) {
                throw wrong("must be an object with dtype, shape and data_offsets, found " + brief(node));
            }
            var type = FileType.ofName(node.path("dtype").asText()).orElseThrow(() ->
                wrong("dtype is " + brief(node.get("dtype")) + ", known are " + Arrays.toString(FileType.values())));
            var shape = longs("shape");
            var offsets = longs("data_offsets");
            if (offsets.length != 2 || offsets[0] > offsets[1] || offsets[1] > dataSize) {
                throw wrong("data_offsets are " + Arrays.toString(offsets)
                    + ", expected [begin, end] within the " + dataSize + " bytes of data");
            }
            long wanted = byteSize(type, shape);
            if (offsets[1] - offsets[0] != wanted) {
                throw wrong("data_offsets span " + (offsets[1] - offsets[0]) + " bytes, expected " + wanted + " for "
                    + type + Arrays.toString(shape));
            }
            return new Entry(type, shape, offsets[0], offsets[1]);
        }

        private long byteSize(FileType type, long[] shape) throws DataException {
            try {
                return Math.multiplyExact(TensorData.elementsOf(shape), type.bytes());
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw wrong("shape " + Arrays.toString(shape) + " is too large");
            }
        }

        private long[] longs(String field) throws DataException {
            var array = node.path(field);
            if (!array.isArray()) {
                throw wrong(field + " must be a list of integers, found " + brief(node.get(field)));
            }
            var values = new long[array.size()];
            for (int i = 0; i < values.length; i++) {
                var value = array.get(i);
                if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
                    throw wrong(field + " must hold integers of 0 or more, found " + brief(value));
                }
                values[i] = value.longValue();
            }
            return values;
        }

        private DataException wrong(String message) {
            return DataException.in(path, "tensor '%s': %s", name, message);
        }
    }
}
