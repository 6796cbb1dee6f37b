package anneal.gpucheck;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs of the machine. */
final class Programs {
    private static final int PATIENCE_SECONDS = 60;

    private Programs() {
    }

    /** On the PATH, or where CUDA's toolkit puts its programs. */
    static Optional<Path> find(String program) {
        var path = Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator);
        var toolkit = Stream.of(System.getenv("CUDA_HOME"), "/usr/local/cuda", "/opt/cuda").filter(Objects::nonNull)
                .map(folder -> folder + "/bin");
        return Stream.concat(Arrays.stream(path).filter(f -> !f.isEmpty()), toolkit)
                .map(folder -> Path.of(folder, program)).filter(Files::isExecutable).findFirst();
    }

    /** A program's output, both streams; a line about what went wrong where it did. */
    static String output(List<String> command) {
        try {
            var file = Files.createTempFile("gpu-check", ".txt");
            var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(file.toFile()).start();
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            var text = Files.readString(file, StandardCharsets.UTF_8).strip();
            Files.delete(file);
            return ended ? text : "no answer within " + PATIENCE_SECONDS + " s";
        } catch (IOException e) {
            return e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
