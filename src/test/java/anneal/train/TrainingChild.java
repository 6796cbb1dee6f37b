package anneal.train;

import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A training in a JVM of its own, that can be killed like any other process. */
final class TrainingChild implements AutoCloseable {
    static final Cadence CADENCE = new Cadence(3, 2, 0);
    private static final String STEP = "step ";
    /** So that the one who kills keeps up on a busy machine. */
    private static final long PAUSE_NANOS = 10_000_000;
    private static final int PATIENCE_SECONDS = 60;

    private final Process process;
    private final Path errors;
    private final AtomicInteger steps = new AtomicInteger();

    private TrainingChild(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
    }

    /** Begins a run in {@code folder}, or goes on with the one that is there. */
    static TrainingChild start(Path folder, int total) throws IOException {
        var errors = folder.resolveSibling(folder.getFileName() + ".err");
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = List.of(java, "-XX:+UseSerialGC", "--add-modules", "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                TrainingChild.class.getName(), folder.toString(), Integer.toString(total));
        var child = new TrainingChild(new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
        Thread.ofVirtual().start(child::listen);
        return child;
    }

    private void listen() {
        try (var out = process.inputReader()) {
            out.lines().filter(l -> l.startsWith(STEP)).forEach(l -> steps.incrementAndGet());
        } catch (IOException | UncheckedIOException killed) {
            // The pipe breaks with the process.
        }
    }

    /** Steps it has told of. */
    int steps() {
        return steps.get();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** Kills it with SIGKILL (Windows: TerminateProcess), which it cannot notice. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    String errors() throws IOException {
        return Files.readString(errors);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Trains to the end in this JVM. */
    static void train(Path folder, int total, TrainingListener listener) throws IOException {
        boolean resume = Files.exists(folder.resolve("config.json"));
        try (var device = Devices.open("cpu", DeviceOptions.threads(2)); var directory = RunDirectory.open(folder);
             var run = resume ? TrainingRun.resume(directory, Recipes.unet(total), device, new Stripes(13))
                     : TrainingRun.start(directory, Recipes.unet(total), device, new Stripes(13))) {
            if (!run.warnings().isEmpty()) {
                throw new IllegalStateException("a kill damaged a checkpoint: " + run.warnings());
            }
            run.run(CADENCE, listener, () -> false);
        }
    }

    /** In the other JVM. */
    public static void main(String[] args) throws IOException {
        train(Path.of(args[0]), Integer.parseInt(args[1]), new TrainingListener() {
            @Override
            public void step(int step, int total, double loss, double imagesPerSecond) {
                System.out.println(STEP + step);
                System.out.flush();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        });
    }
}
