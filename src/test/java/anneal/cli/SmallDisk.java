package anneal.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A file system of a few megabytes in memory. Tests that need one are skipped where it cannot be mounted. */
record SmallDisk(Path root) implements AutoCloseable {
    private static final String FILLER = "filler";
    private static final int BLOCK = 1 << 12;

    static SmallDisk mount(Path at, int megabytes) throws IOException {
        var disk = new SmallDisk(Files.createDirectories(at));
        var why = call("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", at.toString());
        assumeTrue(why.isEmpty(), "a small file system cannot be mounted here: " + why);
        return disk;
    }

    /** Leaves so many bytes free. */
    void fill(long free) throws IOException {
        var filler = root.resolve(FILLER);
        try (var file = Files.newByteChannel(filler, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long left = Files.getFileStore(root).getUsableSpace() - free;
            for (long at = 0; at < left; at += BLOCK) {
                file.write(ByteBuffer.allocate((int) Math.min(BLOCK, left - at)));
            }
        }
    }

    /** Takes back what {@link #fill} did. */
    void clear() throws IOException {
        Files.delete(root.resolve(FILLER));
    }

    void setReadOnly(boolean readOnly) throws IOException {
        var why = call("mount", "-o", "remount," + (readOnly ? "ro" : "rw"), root.toString());
        assumeTrue(why.isEmpty(), "the file system cannot be mounted read-only: " + why);
    }

    @Override
    public void close() throws IOException {
        call("umount", root.toString());
    }

    /** What a command complains of; empty if it does not. */
    private static String call(String... command) throws IOException {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var said = process.inputReader().lines().toList();
            return process.waitFor() == 0 ? "" : "failed: " + String.join(" ", said);
        } catch (IOException noSuchCommand) {
            return noSuchCommand.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of(command) + " was interrupted";
        }
    }
}
