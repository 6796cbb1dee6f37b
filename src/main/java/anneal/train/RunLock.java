package anneal.train;

import anneal.io.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps two trainings out of one folder. It is the operating system's lock on a file, so one whose holder was killed is
 * free; the file says who the holder is, for the message to the other.
 */
final class RunLock implements AutoCloseable {
    private static final String NAME = ".lock";
    private static final int LONGEST_PID = 20;
    /** The locked byte lies behind the text: where locks are binding, a locked byte cannot be read. */
    private static final long LOCKED_BYTE = 1 << 20;
    /**
     * Folders that this process holds, asked first. POSIX drops a process's lock as soon as the process closes any
     * channel of the file, so a second attempt from here must not even open it.
     */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel file;
    private final FileLock lock;

    private RunLock(Path folder, FileChannel file, FileLock lock) {
        this.folder = folder;
        this.file = file;
        this.lock = lock;
    }

    /**
     * Locks a folder.
     *
     * @throws DataException if it is locked; the message names the process that holds it
     */
    static RunLock on(Path folder) throws IOException {
        Path real = folder.toRealPath();
        if (!HELD_HERE.add(real)) {
            throw heldBy(folder, "this process");
        }
        try {
            return acquire(folder, real);
        } catch (IOException | RuntimeException e) {
            HELD_HERE.remove(real);
            throw e;
        }
    }

    private static RunLock acquire(Path folder, Path real) throws IOException {
        var file = FileChannel.open(folder.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            var lock = tryLock(file);
            if (lock == null) {
                throw heldBy(folder, "another process" + pid(file));
            }
            file.truncate(0);
            var pid = Long.toString(ProcessHandle.current().pid());
            file.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
            return new RunLock(real, file, lock);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Null if another has it, be it another loader's copy of this class. */
    private static FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock(LOCKED_BYTE, 1, false);
        } catch (OverlappingFileLockException sameProcess) {
            return null;
        }
    }

    /** The holder may be between locking and writing; then nothing is said of it. */
    private static String pid(FileChannel file) throws IOException {
        var text = ByteBuffer.allocate(LONGEST_PID);
        int n = Math.max(0, file.read(text, 0));
        var pid = new String(text.array(), 0, n, StandardCharsets.US_ASCII);
        return pid.matches("[0-9]+") ? " (pid " + pid + ")" : "";
    }

    private static DataException heldBy(Path folder, String holder) {
        return DataException.in(folder, "%s is training here (it holds %s); wait for it, or choose another --out",
                holder, NAME);
    }

    @Override
    public void close() throws IOException {
        try (file) {
            lock.release();
        } finally {
            HELD_HERE.remove(folder);
        }
    }
}
