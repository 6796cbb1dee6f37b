package anneal.train;

import anneal.io.AtomicFiles;
import anneal.io.DataException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The folder of one training run, locked while it is open.
 *
 * <pre>
 * config.json                   what is being trained, and how
 * run.json                      who trained it: version, commit, JVM, device, command
 * log.jsonl, log.csv            losses
 * checkpoint-00001000.safetensors   everything that resuming needs; the last two are kept
 * model.safetensors             the weights as they are
 * ema-0.999.safetensors         an average of them, for sampling
 * previews/00001000.png         pictures on the way
 * </pre>
 */
public final class RunDirectory implements AutoCloseable {
    private static final int KEPT = 2;
    private static final Pattern CHECKPOINT = Pattern.compile("checkpoint-(\\d{8})\\.safetensors");

    private final Path folder;
    private final FileChannel lockFile;
    private final FileLock lock;

    private RunDirectory(Path folder, FileChannel lockFile, FileLock lock) {
        this.folder = folder;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /**
     * Creates the folder if need be, and locks it.
     *
     * @throws DataException in one line if another process trains there, or the folder cannot be written
     */
    public static RunDirectory open(Path folder) throws IOException {
        try {
            Files.createDirectories(folder);
            FileChannel file = FileChannel.open(folder.resolve(".lock"), StandardOpenOption.CREATE,
                    StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = tryLock(file);
            if (lock == null) {
                file.close();
                throw new DataException("another process is training in " + folder + " (it holds the lock "
                        + folder.resolve(".lock") + "); wait for it, or choose another --out");
            }
            return new RunDirectory(folder, file, lock);
        } catch (DataException e) {
            throw e;
        } catch (IOException e) {
            throw DataException.in(folder, "cannot be used as a run directory: %s", e);
        }
    }

    private static FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            return null;
        }
    }

    public Path folder() {
        return folder;
    }

    Path config() {
        return config(folder);
    }

    static Path config(Path folder) {
        return folder.resolve("config.json");
    }

    /** The weights as they are. */
    Path model() {
        return folder.resolve("model.safetensors");
    }

    /** The average with this rate. */
    Path ema(double rate) {
        return folder.resolve("ema-" + rate + ".safetensors");
    }

    Path preview(int step) {
        return folder.resolve("previews").resolve("%08d.png".formatted(step));
    }

    Path checkpoint(int step) {
        return folder.resolve("checkpoint-%08d.safetensors".formatted(step));
    }

    /** Writes a small text file whole or not at all. */
    void writeText(Path file, String text) throws IOException {
        AtomicFiles.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The newest checkpoint. */
    Optional<Path> latestCheckpoint() throws IOException {
        List<Path> all = checkpoints();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    /** Removes all but the newest checkpoints. */
    void pruneCheckpoints() throws IOException {
        List<Path> all = checkpoints();
        for (Path old : all.subList(0, Math.max(0, all.size() - KEPT))) {
            Files.deleteIfExists(old);
        }
    }

    private List<Path> checkpoints() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(f -> step(f) >= 0).sorted().toList();
        }
    }

    private static int step(Path file) {
        Matcher m = CHECKPOINT.matcher(file.getFileName().toString());
        return m.matches() ? Integer.parseInt(m.group(1)) : -1;
    }

    @Override
    public void close() throws IOException {
        lock.release();
        lockFile.close();
    }
}
