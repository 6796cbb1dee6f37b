package anneal.train;

import anneal.io.AtomicFiles;
import anneal.io.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
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
    private static final String PREVIEWS = "previews";
    private static final Pattern CHECKPOINT = Pattern.compile("checkpoint-(\\d{8,10})\\.safetensors");
    private static final Pattern WEIGHTS = Pattern.compile("(model|ema-[0-9.eE-]+)\\.safetensors");
    private static final Pattern OWN = Pattern.compile(CHECKPOINT + "|" + WEIGHTS + "|(config|run)\\.json");
    private static final Pattern PREVIEW = Pattern.compile("\\d{8,10}\\.png");

    private final Path folder;
    private final RunLock lock;

    private RunDirectory(Path folder, RunLock lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * Creates the folder if need be, locks it, and removes what a killed process was still writing there.
     *
     * @throws DataException in one line if another process trains there, or the folder cannot be written
     */
    public static RunDirectory open(Path folder) throws IOException {
        try {
            Files.createDirectories(folder);
            var lock = RunLock.on(folder);
            try {
                removeLeftOvers(folder);
                return new RunDirectory(folder, lock);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (DataException e) {
            throw e;
        } catch (IOException e) {
            throw DataException.in(folder, "cannot be used as a run directory: %s", reason(e));
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case FileAlreadyExistsException _ -> "it is a file";
            case AccessDeniedException _ -> "permission denied";
            case FileSystemException f when f.getReason() != null -> f.getReason();
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    /** Others may write to the folder too, such as samples: only the run's own files are touched. */
    private static void removeLeftOvers(Path folder) throws IOException {
        AtomicFiles.removeLeftOvers(folder, name -> OWN.matcher(name).matches());
        var previews = folder.resolve(PREVIEWS);
        if (Files.isDirectory(previews)) {
            AtomicFiles.removeLeftOvers(previews, name -> PREVIEW.matcher(name).matches());
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
        return folder.resolve(PREVIEWS).resolve(String.format(Locale.ROOT, "%08d.png", step));
    }

    Path checkpoint(int step) {
        return folder.resolve(String.format(Locale.ROOT, "checkpoint-%08d.safetensors", step));
    }

    /** Writes a small text file whole or not at all. */
    void writeText(Path file, String text) throws IOException {
        AtomicFiles.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Removes all but the newest checkpoints. */
    void pruneCheckpoints() throws IOException {
        List<Path> all = checkpoints();
        for (Path old : all.subList(0, Math.max(0, all.size() - KEPT))) {
            Files.deleteIfExists(old);
        }
    }

    /** The checkpoints, oldest first. */
    List<Path> checkpoints() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(f -> step(f) >= 0).sorted(Comparator.comparingLong(RunDirectory::step)).toList();
        }
    }

    /** Renames a checkpoint that cannot be used, so that it neither counts as one of the last nor is lost. */
    Path setAside(Path checkpoint) throws IOException {
        var aside = checkpoint.resolveSibling(checkpoint.getFileName() + ".damaged");
        return Files.move(checkpoint, aside, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A file that a run would write over, found in a folder without a config.json. */
    Optional<Path> remains() throws IOException {
        var log = TrainingLog.json(folder);
        if (Files.exists(log) ? Files.size(log) > 0 : Files.exists(TrainingLog.csv(folder))) {
            return Optional.of(Files.exists(log) ? log : TrainingLog.csv(folder));
        }
        try (var files = Files.list(folder)) {
            return files.filter(f -> step(f) >= 0 || WEIGHTS.matcher(f.getFileName().toString()).matches()).sorted()
                    .findFirst();
        }
    }

    /** -1 if it is not a checkpoint. */
    private static long step(Path file) {
        Matcher m = CHECKPOINT.matcher(file.getFileName().toString());
        return m.matches() ? Long.parseLong(m.group(1)) : -1;
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
