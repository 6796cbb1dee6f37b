package anneal.bench.gpu;

import anneal.bench.peer.GemmItem;
import anneal.bench.peer.Item;
import anneal.bench.peer.TorchPeer;
import anneal.io.AtomicFiles;
import anneal.io.Json;
import anneal.io.TensorData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Runs one stage: every item checked and timed on every side, the file renewed after each side, until the time is up.
 */
final class StageRun {
    /** Of a call of a whole network rather than of a kernel, how many times as long it is watched. */
    private static final double NETWORK_SECONDS = 6;
    /** Of bfloat16 results: a kernel's, and what a whole network makes of roundings in every layer. */
    private static final double TOLERANCE = 0.02;
    private static final double NETWORK_TOLERANCE = 0.1;
    private static final double MILLIS = 1e3;

    private final Stage stage;
    private final Settings settings;
    private final Instant start = Instant.now();
    private final Instant deadline;
    private final List<Row> rows = new ArrayList<>();
    private final List<String> notReached = new ArrayList<>();
    private final OurSide.Effort effort;
    private final String gpu;
    private OurSide ours;
    private Truth truth;
    private StageReport.Peaks peaks;
    private TorchSide torch;
    private String torchDescription;
    private double lastBuild;

    /**
     * How a run goes.
     *
     * @param device  cuda or sim
     * @param quick   tiny shapes
     * @param compile torch.compile too
     * @param torch   where PyTorch is; null for without
     * @param out     folder of the JSON files
     * @param budget  seconds of a stage
     * @param command that was called, and the commit of the sources
     */
    record Settings(String device, boolean quick, boolean compile, TorchPeer.Location torch, Path out, double budget,
                    String command, String commit) {
        boolean onGpu() {
            return device.equals("cuda");
        }
    }

    StageRun(Stage stage, Settings settings) {
        this.stage = stage;
        this.settings = settings;
        var one = settings.quick ? OurSide.Effort.QUICK : OurSide.Effort.FULL;
        effort = stage.ofNetworks() ? one.withSeconds(one.seconds() * NETWORK_SECONDS) : one;
        gpu = settings.onGpu() ? Clocks.gpu() : "";
        deadline = start.plus(Duration.ofMillis((long) (MILLIS * settings.budget)));
    }

    /** The file of a stage. */
    static Path file(Path folder, Stage stage) {
        return folder.resolve("bench-" + stage.word() + ".json");
    }

    /** @return whether nothing was wrong */
    boolean run(List<Item> items) throws IOException {
        Files.createDirectories(settings.out);
        Files.deleteIfExists(file(settings.out, stage));
        try (var clocks = new Clocks(settings.onGpu()); var kernels = new OurSide(settings.device, effort);
                var exact = new Truth()) {
            ours = kernels;
            truth = exact;
            peaks = kernels.peaks();
            startTorch();
            for (var item : items) {
                if (Instant.now().isAfter(deadline)) {
                    notReached.add(item.name());
                    continue;
                }
                clocks.take();
                try {
                    run(item, clocks);
                } catch (RuntimeException e) {   // the next item may do better
                    e.printStackTrace();
                    add(item, Side.wrong(Side.OURS, e.toString()));
                }
                System.out.println(rows.getLast().line());
            }
            save();
        } finally {
            if (torch != null) {
                torch.close();
            }
        }
        if (!notReached.isEmpty()) {
            System.out.println("no time was left for " + String.join(", ", notReached));
        }
        return rows.stream().allMatch(Row::right);
    }

    private void startTorch() {
        if (settings.torch == null) {
            torchDescription = "not asked for";
            return;
        }
        try {
            torch = new TorchSide(settings.torch, settings.onGpu() ? "cuda" : "cpu", deadline, settings.out);
            torchDescription = torch.description();
        } catch (IOException e) {
            torchDescription = "none: " + e.getMessage();
            System.out.println(torchDescription);
        }
    }

    /** Adds to the item's row, which may not be there yet. */
    private void add(Item item, Side side) throws IOException {
        if (rows.isEmpty() || !rows.getLast().name().equals(item.name())) {
            rows.add(new Row(item.name(), 0, 0, 0, "", "", 0, false, "", List.of()));
        }
        add(side);
    }

    private void run(Item item, Clocks clocks) throws IOException {
        var inputs = item.numbers().tensors(true);
        double bytes = item.elements() * Short.BYTES;
        boolean exact = Truth.isFor(item);
        Map<String, float[]> wanted = exact ? truth.of(item, inputs) : null;
        double flops = truth.flops(item);
        double arithmetic = MILLIS * flops / peaks.flops();
        double memory = MILLIS * bytes / peaks.bytes();
        rows.add(new Row(item.name(), flops, bytes, Math.max(arithmetic, memory),
                arithmetic > memory ? "arithmetic" : "memory", exact ? Truth.NAME : "PyTorch, eager",
                stage.target(item), stage.againstCopy(), "", List.of()));
        for (var way : stage.ways()) {
            if (!needsBuilding(way)) {
                var samples = torch(item, way, wanted);
                wanted = wanted == null ? samples : wanted;
            }
        }
        if (torch != null) {
            release();
        }
        ours(item, inputs, wanted);
        for (var way : stage.ways()) {
            if (needsBuilding(way) && settings.compile) {
                torch(item, way, wanted);
            }
        }
        var row = rows.getLast();
        rows.set(rows.size() - 1, new Row(row.name(), row.flops(), row.bytes(), row.floorMs(), row.boundBy(),
                row.truth(), row.target(), row.copied(), clocks.take(), row.sides()));
        save();
    }

    private static boolean needsBuilding(String way) {
        return way.startsWith("compile");
    }

    private static double tolerance(Item item) {
        double one = item.isNetwork() ? NETWORK_TOLERANCE : TOLERANCE;
        return Truth.isFor(item) ? one : 2 * one;   // else both sides have rounded
    }

    private void ours(Item item, Map<String, TensorData> inputs, Map<String, float[]> wanted) throws IOException {
        Function<Map<String, float[]>, Double> error = got -> wanted == null ? null : Samples.error(got, wanted);
        double tolerance = tolerance(item);
        add(ours.kernels(item, inputs, error, tolerance));
        if (item.isNetwork()) {
            add(ours.graph(item, inputs, error, tolerance));
        }
        add(ours.library(item, item instanceof GemmItem ? "cuBLAS" : "cuDNN", inputs, error, tolerance));
        if (stage.againstCopy()) {
            add(ours.copy(item.name(), item.elements() * Short.BYTES));
        }
    }

    /** One of PyTorch's ways; returns a part of what it computed, null if it did not. */
    private Map<String, float[]> torch(Item item, String way, Map<String, float[]> wanted) throws IOException {
        if (torch == null || !settings.onGpu() && !way.equals("eager") && !needsBuilding(way)
                || !settings.onGpu() && way.equals("compile-graphs")) {
            return null;
        }
        var name = "PyTorch, " + way;
        double left = Duration.between(Instant.now(), deadline).toMillis() / MILLIS;
        if (needsBuilding(way) && left < 1.2 * lastBuild) {
            add(Side.failed(name, "no time left to compile it"));
            return null;
        }
        try {
            torch.prepare(item);
            var measured = torch.measure(way, effort.seconds(), effort.leastCalls());
            lastBuild = needsBuilding(way) ? measured.builtSeconds() : lastBuild;
            Double error = wanted == null ? null : Samples.error(measured.samples(), wanted);
            add(Side.timed(name, measured.ms(), error, error == null || error <= tolerance(item),
                    needsBuilding(way) ? "built in %.0f s".formatted(measured.builtSeconds()) : ""));
            return measured.samples();
        } catch (IOException e) {
            add(Side.failed(name, e.getMessage()));
            if (e.getMessage().startsWith("the PyTorch process")) {
                torch = null;
            }
            return null;
        }
    }

    private void release() throws IOException {
        try {
            torch.release();
        } catch (IOException e) {
            torch = null;
        }
    }

    /** @param side may be null for nobody */
    private void add(Side side) throws IOException {
        if (side != null) {
            rows.set(rows.size() - 1, rows.getLast().with(side));
            save();
        }
    }

    private void save() throws IOException {
        var report = new StageReport(stage.word(), LocalDate.now().toString(), settings.command, settings.commit,
                gpu, ours.description(), ours.librariesDescription(),
                torchDescription, peaks, stage.targetText(), Duration.between(start, Instant.now()).toMillis() / MILLIS,
                rows, notReached);
        AtomicFiles.write(file(settings.out, stage),
                to -> to.write(Json.write(report).getBytes(StandardCharsets.UTF_8)));
    }
}
