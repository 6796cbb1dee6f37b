package anneal.gpucheck;

import anneal.io.NpzFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The command line as a user calls it, on the device and beside it on the cpu: a few training steps of the shipped
 * model's network on the embedded images, and samples of the shipped model. On a GPU also a training that is long
 * enough to be timed.
 */
final class ShortRuns {
    private static final int LIMIT_SECONDS = 300;
    /** Rounding alone over so few steps; the same bound as in the tests of every build. */
    private static final double LOSS_TOLERANCE = 1e-4;
    /** Of 255: images are rounded to whole levels, and a level either way is rounding. */
    private static final int LEVELS = 2;

    private final Context context;
    private final Path folder;

    private ShortRuns(Context context) {
        this.context = context;
        this.folder = context.out().resolve("train");
    }

    static void run(Context c) throws IOException, InterruptedException {
        var runs = new ShortRuns(c);
        clear(runs.folder);
        Files.createDirectories(runs.folder);
        runs.trainBesideTheCpu();
        runs.sampleBesideTheCpu();
        if (c.onGpu()) {
            for (var precision : List.of("fp32", "tf32", "bf16")) {
                runs.trainLonger(precision);
            }
        }
    }

    /** The same commands with and without {@code --graphs}: not one bit may differ. */
    static void graphs(Context c) throws IOException, InterruptedException {
        var runs = new ShortRuns(c);
        Files.createDirectories(runs.folder);
        int steps = c.onGpu() ? 20 : 4;
        int batch = c.onGpu() ? 16 : 2;
        var plain = runs.losses("train-plain", c.device(), "fp32", steps, batch);
        var graphs = runs.losses("train-graphs", c.device(), "fp32", steps, batch, "--graphs");
        runs.judge("training by graphs", plain.size() == steps && plain.equals(graphs),
                "%d steps of %d images: losses %s".formatted(steps, batch, plain.equals(graphs) ? "the same" : "differ"));
        int count = c.onGpu() ? 20 : 2;
        var expected = runs.images("sample-plain", c.device(), count, steps);
        var actual = runs.images("sample-graphs", c.device(), count, steps, "--graphs");
        runs.judge("samples by graphs", expected.length > 0 && Arrays.equals(expected, actual),
                "%d images in %d steps: pixels %s".formatted(count, steps,
                        Arrays.equals(expected, actual) ? "the same" : "differ"));
        if (c.onGpu()) {
            runs.trainLonger("bf16", "--graphs");
        }
    }

    private static void clear(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (var files = Files.walk(folder)) {
                for (var file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private void trainBesideTheCpu() throws IOException, InterruptedException {
        int steps = context.onGpu() ? 20 : 3;
        int batch = context.onGpu() ? 16 : 2;
        var expected = losses("train-cpu", "cpu", "fp32", steps, batch);
        var actual = losses("train-" + context.device(), context.device(), "fp32", steps, batch);
        if (expected.size() != steps || actual.size() != steps) {
            context.findings().add(Finding.failed("training beside the cpu", "of " + steps + " steps the cpu made "
                    + expected.size() + ", " + context.device() + " " + actual.size()));
            return;
        }
        double worst = 0;
        for (int i = 0; i < steps; i++) {
            worst = larger(worst, Math.abs(actual.get(i) - expected.get(i)) / Math.abs(expected.get(i)));
        }
        judge("training beside the cpu", worst <= LOSS_TOLERANCE,
                "%d steps of %d images, worst relative difference of a loss %.1e, allowed %.0e".formatted(steps, batch,
                worst,
                        LOSS_TOLERANCE));
    }

    /** As Math.max, but a NaN stays. */
    private static double larger(double a, double b) {
        return Double.isNaN(b) || b > a ? b : a;
    }

    private void judge(String name, boolean passed, String detail) {
        context.findings().add(new Finding(name, passed ? Finding.Status.OK : Finding.Status.FAIL, detail, 0));
        if (passed) {
            System.out.println("         " + name + ": " + detail);
        }
    }

    private List<Double> losses(String name, String device, String precision, int steps, int batch, String... more)
            throws IOException, InterruptedException {
        var run = folder.resolve(name);
        var words = new ArrayList<>(List.of("train", "--preset", "fashion", "--data", "fashion-embedded", "--seed", "5",
                "--steps", String.valueOf(steps), "--batch", String.valueOf(batch), "--log-every", "1",
                "--preview-every", "0",
                "--save-every", "0", "--device", device, "--out", run.toString()));
        if (!precision.equals("fp32")) {
            words.addAll(List.of("--precision", precision));
        }
        words.addAll(List.of(more));
        call(name, words);
        return column(run.resolve("log.csv"), "loss");
    }

    /** A column of the training's log; empty if there is no log. */
    private static List<Double> column(Path csv, String name) throws IOException {
        if (!Files.exists(csv)) {
            return List.of();
        }
        var lines = Files.readAllLines(csv);
        int at = List.of(lines.getFirst().split(",")).indexOf(name);
        return lines.stream().skip(1).map(line -> Double.parseDouble(line.split(",", -1)[at])).toList();
    }

    private void sampleBesideTheCpu() throws IOException, InterruptedException {
        int count = context.onGpu() ? 20 : 2;
        int steps = context.onGpu() ? 25 : 3;
        var expected = images("sample-cpu", "cpu", count, steps);
        var actual = images("sample-" + context.device(), context.device(), count, steps);
        if (expected.length == 0 || expected.length != actual.length) {
            context.findings().add(Finding.failed("samples beside the cpu's", "the cpu wrote " + expected.length
                    + " pixels, " + context.device() + " " + actual.length));
            return;
        }
        int worst = 0;
        long different = 0;
        for (int i = 0; i < expected.length; i++) {
            int difference = Math.abs((expected[i] & 0xff) - (actual[i] & 0xff));
            worst = Math.max(worst, difference);
            different += difference > 0 ? 1 : 0;
        }
        judge("samples beside the cpu's", worst <= LEVELS,
                ("%d images in %d steps: %.2f %% of the pixels differ, the worst by "
                + "%d of 255, allowed %d").formatted(count, steps, 100.0 * different / expected.length, worst, LEVELS));
    }

    private byte[] images(String name, String device, int count, int steps, String... more)
            throws IOException, InterruptedException {
        var file = folder.resolve(name + ".npz");
        var words = new ArrayList<>(List.of("sample", "--model", "fashion", "--labels", "0-9", "--cfg-scale", "2", "--count",
                String.valueOf(count), "--steps", String.valueOf(steps), "--seed", "3", "--device", device, "--out",
                file.toString()));
        words.addAll(List.of(more));
        call(name, words);
        if (!Files.exists(file)) {
            return new byte[0];
        }
        try (var npz = NpzFile.open(file)) {
            return npz.read("arr_0").toBytes();
        }
    }

    private void trainLonger(String precision, String... more) throws IOException, InterruptedException {
        int steps = 300;
        int batch = 64;
        var how = String.join(" ", precision, String.join(" ", more)).strip();
        var name = "train-longer-" + how.replace(" --", "-");
        long start = System.nanoTime();
        var losses = losses(name, context.device(), precision, steps, batch, more);
        double seconds = (System.nanoTime() - start) / 1e9;
        boolean complete = losses.size() == steps;
        double first = complete ? mean(losses.subList(0, 20)) : Double.NaN;
        double last = complete ? mean(losses.subList(steps - 20, steps)) : Double.NaN;
        judge("training in " + how, last < first,
                ("%d steps of %d images in %.1f s, start-up included: loss %.4f, then "
                + "%.4f").formatted(losses.size(), batch, seconds, first, last));
        var spent = column(folder.resolve(name).resolve("log.csv"), "seconds");
        if (complete) {
            double half = spent.get(steps - 1) - spent.get(steps / 2);
            context.findings().add(Finding.note("speed of training in " + how,
                    "%.0f images/s over the second half".formatted((steps - 1 - steps / 2) * batch / half)));
        }
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    /** Calls Anneal; a call that fails is a finding with its last line. */
    private void call(String name, List<String> words) throws IOException, InterruptedException {
        System.out.println("         anneal " + String.join(" ", words));
        var log = folder.resolve(name + ".log");
        var process = new ProcessBuilder(Java.command("anneal.cli.Main", Map.of(), words)).redirectErrorStream(true)
                .redirectOutput(log.toFile()).start();
        boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        if (!ended || process.exitValue() != 0) {
            var lines = Files.readAllLines(log);
            context.findings().add(Finding.failed(name, (ended ? "exit status " + process.exitValue() : "stopped after "
                    + LIMIT_SECONDS + " s") + ": " + (lines.isEmpty() ? "no output" : lines.getLast())));
        }
    }
}
