package anneal.bench.gpu;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The GPU's clock and temperature while things are measured, as nvidia-smi finds them twice a second: nothing is set,
 * so the figures have to say what they were taken at.
 */
final class Clocks implements AutoCloseable {
    private static final List<String> WATCH = List.of("nvidia-smi", "-i", "0",
            "--query-gpu=clocks.sm,temperature.gpu,power.draw", "--format=csv,noheader,nounits", "-lms", "500");
    private static final List<String> NAME = List.of("nvidia-smi", "-i", "0",
            "--query-gpu=name,driver_version,memory.total,clocks.max.sm,clocks.max.mem,power.limit",
            "--format=csv,noheader");

    private static final int PATIENCE_SECONDS = 20;

    private final Process process;
    private final List<double[]> seen = new ArrayList<>();

    /** @param gpu whether there is one to look at */
    Clocks(boolean gpu) {
        process = gpu ? start(WATCH) : null;
        if (process != null) {
            Thread.ofPlatform().daemon().start(() -> read(process.inputReader()));
        }
    }

    private static Process start(List<String> command) {
        try {
            return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException e) {
            return null;   // no nvidia-smi: then the report does without
        }
    }

    private void read(BufferedReader lines) {
        try (lines) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var parts = line.split(",");
                try {
                    var numbers = new double[] {Double.parseDouble(parts[0]), Double.parseDouble(parts[1]),
                        Double.parseDouble(parts[2])};
                    synchronized (seen) {
                        seen.add(numbers);
                    }
                } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                    continue;   // [N/A], or a word of warning
                }
            }
        } catch (IOException e) {
            return;   // it was closed
        }
    }

    /** What was seen since the last call, such as "1755..1980 MHz, 41 degrees, 350 W"; empty if nothing. */
    String take() {
        synchronized (seen) {
            if (seen.isEmpty()) {
                return "";
            }
            double low = seen.stream().mapToDouble(s -> s[0]).min().orElseThrow();
            double high = seen.stream().mapToDouble(s -> s[0]).max().orElseThrow();
            double hot = seen.stream().mapToDouble(s -> s[1]).max().orElseThrow();
            double watts = seen.stream().mapToDouble(s -> s[2]).max().orElseThrow();
            seen.clear();
            return String.format(Locale.ROOT, "%.0f..%.0f MHz, %.0f °C, %.0f W", low, high, hot, watts);
        }
    }

    /** Name, driver, memory, highest clocks and power limit; empty without nvidia-smi. */
    static String gpu() {
        var process = start(NAME);
        if (process == null) {
            return "";
        }
        try (var lines = process.inputReader()) {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "";
            }
            var line = lines.readLine();
            return line == null || process.exitValue() != 0 ? "" : line.strip();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroy();
        }
    }
}
