package anneal.train;

import anneal.io.DataException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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

    private final Path folder;
    private final List<String> columns;
    private final FileChannel json;
    private final FileChannel csv;

    /**
     * Continues the logs of {@code folder} at {@code from}, cutting off what lies behind it.
     *
     * @throws DataException if they are shorter than that; nothing is cut off then
     */
    TrainingLog(Path folder, List<String> columns, Position from) throws IOException {
        check(folder, from);
        this.folder = folder;
        this.columns = List.copyOf(columns);
        this.json = open(json(folder), from.json);
        try {
            this.csv = open(csv(folder), from.csv);
        } catch (IOException e) {
            json.close();
            throw e;
        }
        if (from.csv == 0) {
            try {
                write(csv, csv(folder), String.join(",", columns) + "\n");
            } catch (IOException e) {
                close();
                throw e;
            }
        }
    }

    static Path json(Path folder) {
        return folder.resolve("log.jsonl");
    }

    static Path csv(Path folder) {
        return folder.resolve("log.csv");
    }

    /** Throws DataException if a log of {@code folder} does not reach {@code from}. */
    static void check(Path folder, Position from) throws IOException {
        check(json(folder), from.json);
        check(csv(folder), from.csv);
    }

    private static void check(Path file, long length) throws IOException {
        long size = Files.exists(file) ? Files.size(file) : 0;
        if (size < length) {
            throw DataException.in(file, "has %d bytes, but the checkpoint was written when it had %d", size, length);
        }
    }

    private static FileChannel open(Path file, long length) throws IOException {
        try {
            var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.truncate(length);
            channel.position(length);
            return channel;
        } catch (IOException e) {
            throw DataException.from(file, e);
        }
    }

    /** Adds one line to each file; a column without a value stays empty (JSON: is left out). */
    void append(Map<String, Object> values) throws IOException {
        write(json, json(folder), JSON.writeValueAsString(values) + "\n");
        write(csv, csv(folder), columns.stream().map(c -> cell(values.get(c))).collect(Collectors.joining(","))
                + "\n");
    }

    private static String cell(Object value) {
        return value == null ? "" : value.toString();
    }

    private static void write(FileChannel to, Path file, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                to.write(bytes);
            }
        } catch (IOException e) {
            throw DataException.from(file, e);
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
