package anneal.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Writes whole files or nothing: to a temporary name in the same folder, fsync, rename, fsync of the folder. A reader
 * sees the old file or the new one; a failure, or a cut of power, leaves the old one.
 */
public final class AtomicFiles {

    private static final int BUFFER = 1 << 16;
    private static final String SUFFIX = ".tmp";
    private static final Pattern TEMPORARY = Pattern.compile("\\.(.+)\\.[0-9a-f-]{36}\\" + SUFFIX);

    /** What fills the file. The argument must not be closed or kept. */
    @FunctionalInterface
    public interface Body<T> {
        void write(T out) throws IOException;
    }

    private AtomicFiles() {
    }

    /**
     * Writes {@code target} through a buffered stream. Missing parent folders are created.
     *
     * @throws DataException in one line that names the target, if the body throws an IOException or the file cannot be
     *                       written; no temporary file is left behind, and a target that was there is as it was
     */
    public static void write(Path target, Body<OutputStream> body) throws IOException {
        writeChannel(target, channel -> {
            var out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
            body.write(out);
            out.flush();
        });
    }

    /** As {@link #write}, with the channel itself, for positioned or bulk writing. */
    public static void writeChannel(Path target, Body<FileChannel> body) throws IOException {
        try {
            replace(resolve(target), body);
        } catch (IOException e) {
            throw DataException.from(target, e);
        }
    }

    private static void replace(Path place, Body<FileChannel> body) throws IOException {
        if (Files.exists(place) && !Files.isRegularFile(place)) {
            writeSpecial(place, body);
            return;
        }
        var folder = place.getParent();
        Files.createDirectories(folder);
        var temporary = folder.resolve("." + place.getFileName() + "." + UUID.randomUUID() + SUFFIX);
        try {
            try (var channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                body.write(channel);
                channel.force(true);
            }
            Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (Throwable failure) {
            deleteQuietly(temporary, failure);
            throw failure;
        }
        syncFolder(folder);
    }

    /**
     * Removes what processes that were killed while they wrote have left in a folder. Only for a folder in which nobody
     * else writes these files now.
     *
     * @param targets tells the names of the files whose temporaries are meant
     */
    public static void removeLeftOvers(Path folder, Predicate<String> targets) throws IOException {
        try (var files = Files.newDirectoryStream(folder, ".*" + SUFFIX)) {
            for (var file : files) {
                var name = TEMPORARY.matcher(file.getFileName().toString());
                if (name.matches() && targets.test(name.group(1))) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** A link is written through, not replaced. */
    private static Path resolve(Path target) throws IOException {
        return Files.exists(target) ? target.toRealPath() : target.toAbsolutePath().normalize();
    }

    /** A device such as /dev/null must not be renamed over. */
    private static void writeSpecial(Path place, Body<FileChannel> body) throws IOException {
        if (Files.isDirectory(place)) {
            throw DataException.in(place, "is a folder; a file name is needed");
        }
        try (var channel = FileChannel.open(place, StandardOpenOption.WRITE)) {
            body.write(channel);
        }
    }

    private static void deleteQuietly(Path temporary, Throwable failure) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException second) {
            failure.addSuppressed(second);
        }
    }

    private static void syncFolder(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (AccessDeniedException windows) {
            // Windows cannot open a folder; its rename is already in the file system's journal.
        }
    }
}
