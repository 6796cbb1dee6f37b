package anneal.train;

import anneal.io.DataException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a run reports, twice: {@code log.jsonl} for programs that know JSON and {@code log.csv} for spreadsheets. A
 * checkpoint notes how long both files are; resuming cuts them back to that, so no line is missing or doubled.
 */
final class TrainingLog implements AutoCloseable {
    /** Lengths of the two files in bytes. */
    record Position(long json, long csv) {
        static final Position START = new Position(0, 0);
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final List<String> columns;
    private final FileChannel json;
    private final FileChannel csv;

    /** Continues the logs of {@code folder} at {@code from}; throws DataException if they are shorter than that. */
    TrainingLog(Path folder, List<String> columns, Position from) throws IOException {
        this.columns = List.copyOf(columns);
        this.json = open(folder.resolve("log.jsonl"), from.json);
        this.csv = open(folder.resolve("log.csv"), from.csv);
        if (from.csv == 0) {
            write(csv, String.join(",", columns) + "\n");
        }
    }

    private static FileChannel open(Path file, long length) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.size() < length) {
            long size = channel.size();
            channel.close();
            throw DataException.in(file, "has %d bytes, but the checkpoint was written when it had %d", size, length);
        }
        channel.truncate(length);
        channel.position(length);
        return channel;
    }

    /** Adds one line to each file; a column without a value stays empty (JSON: is left out). */
    void append(Map<String, Object> values) throws IOException {
        write(json, JSON.writeValueAsString(values) + "\n");
        write(csv, columns.stream().map(c -> cell(values.get(c))).collect(Collectors.joining(",")) + "\n");
    }

    private static String cell(Object value) {
        return value == null ? "" : value.toString();
    }

    private static void write(FileChannel to, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    /** Forces everything to disk and tells how far it reaches. */
    Position sync() throws IOException {
        json.force(true);
        csv.force(true);
        return new Position(json.position(), csv.position());
    }

    @Override
    public void close() throws IOException {
        try (json; csv) {
            sync();
        }
    }
}
