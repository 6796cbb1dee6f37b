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

/**
 * Writes whole files or nothing: to a temporary name in the same folder, fsync, rename, fsync of the folder. A reader
 * sees the old file or the new one; a failure, or a cut of power, leaves the old one.
 */
public final class AtomicFiles {

    private static final int BUFFER = 1 << 16;

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
     * @throws IOException if the body throws or the file cannot be written; no temporary file is left behind
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
        var place = resolve(target);
        if (Files.exists(place) && !Files.isRegularFile(place)) {
            writeSpecial(place, body);
            return;
        }
        var folder = place.getParent();
        Files.createDirectories(folder);
        var temporary = folder.resolve("." + place.getFileName() + "." + UUID.randomUUID() + ".tmp");
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
