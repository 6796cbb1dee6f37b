package anneal.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.kernel.KernelCheck;
import anneal.kernel.Precision;
import anneal.kernel.cuda.driver.DriverException;
import anneal.kernel.cuda.driver.HostDriver;
import anneal.kernel.cuda.driver.KernelWaits;
import anneal.kernel.cuda.driver.KernelWaits.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Every barrier and every wait for copies in the kernels is needed, and the checked simulator notices when it is gone:
 * each is left out in turn, in each kernel that meets it, and some case of that kernel must be reported.
 *
 * <p>{@code -Danneal.waits.table=FILE} writes what was found; {@code tools/check-barriers} does that.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WaitDeletionTest {
    /** Cases of a kernel that are tried until one is reported. */
    private static final int TRIES = 12;

    /** Large tiles are made by the same lines as small ones, and take minutes here. */
    private static final String LARGE = "large ";

    private Map<Precision, CudaBackend> devices;
    private Fragments fragments;

    /** A case that meets a wait, and how long it takes. */
    private record Witness(String name, Runnable run, long nanos) {
    }

    /** What leaving a wait out came to. */
    private record Found(Wait left, Witness by, String report, int tried) {
        boolean noticed() {
            return by != null;
        }
    }

    @BeforeAll
    void needsTheCheckedLibrary() {
        Assumptions.assumeTrue(PlantedBugs.areHere(),
                "the simulator here is not a checked one: tools/check-kernels runs this");
        devices = new TreeMap<>();
        for (var precision : Precision.values()) {
            devices.put(precision, CudaBackend.sim(new CudaOptions(1, true, precision)));
        }
        fragments = new Fragments(new HostDriver(1));
    }

    @AfterAll
    void closeDevices() {
        if (devices != null) {
            devices.values().forEach(CudaBackend::close);
            fragments.close();
        }
    }

    @Test
    void everyDeletedWaitIsReported() throws IOException {
        var byPlace = new TreeMap<String, List<Found>>(Comparator.comparing((String place) -> place.split(":")[0])
                .thenComparing(place -> Integer.parseInt(place.split(":")[1])));
        for (var entry : witnesses().entrySet()) {
            byPlace.computeIfAbsent(entry.getKey().place(), p -> new ArrayList<>())
                    .add(without(entry.getKey(), entry.getValue()));
        }
        var table = System.getProperty("anneal.waits.table");
        if (table != null) {
            Files.writeString(Path.of(table), table(byPlace));
        }
        var unnoticed = byPlace.entrySet().stream().filter(e -> e.getValue().stream().noneMatch(Found::noticed))
                .map(Map.Entry::getKey).toList();
        assertEquals(List.of(), unnoticed, "waits that can be deleted without a report");
    }

    /** Every wait that any case meets, with the cases that meet it, quick ones first. */
    private Map<Wait, List<Witness>> witnesses() {
        var all = new TreeMap<Wait, List<Witness>>(Comparator.comparing(Wait::place).thenComparing(Wait::kernel));
        KernelWaits.met();
        KernelWaits.watch(false);
        for (var run : KernelCheck.runs()) {
            if (run.name().startsWith(LARGE)) {
                continue;
            }
            devices.forEach((precision, device) ->
                    add(all, run.name() + ", " + precision.name().toLowerCase(Locale.ROOT), () -> run.on(device)));
        }
        fragmentRuns().forEach((name, run) -> add(all, name, run));
        KernelWaits.watch(true);
        all.values().forEach(list -> list.sort(Comparator.comparingLong(Witness::nanos)));
        return all;
    }

    private static void add(Map<Wait, List<Witness>> all, String name, Runnable run) {
        long start = System.nanoTime();
        run.run();
        var w = new Witness(name, run, System.nanoTime() - start);
        KernelWaits.met().forEach(wait -> all.computeIfAbsent(wait, x -> new ArrayList<>()).add(w));
    }

    /** The kernels of fragments.cu that wait, by name; no operation launches them. */
    private Map<String, Runnable> fragmentRuns() {
        var runs = new TreeMap<String, Runnable>();
        var words = IntStream.range(0, 8 * Fragments.LANES).toArray();
        var rows = IntStream.range(0, Fragments.LANES).map(lane -> 2 * lane + 1).toArray();
        for (var load : List.of("ldmatrix_x4", "ldmatrix_x4_trans", "ldmatrix_x2", "ldmatrix_x2_trans")) {
            runs.put(load, () -> fragments.run("fragments_" + load, 0, new int[4 * Fragments.LANES], words, rows));
        }
        var copied = IntStream.range(0, 3 * 4 * Fragments.LANES).toArray();
        var valid = IntStream.range(0, Fragments.LANES).map(lane -> lane % 3 == 0 ? 0 : 1).toArray();
        runs.put("copy_async", () -> fragments.run("fragments_copy_async", 4 * copied.length, new int[copied.length],
                copied, valid));
        return runs;
    }

    private static Found without(Wait wait, List<Witness> witnesses) {
        KernelWaits.leaveOut(wait);
        try {
            int tried = 0;
            for (var w : spread(witnesses)) {
                tried++;
                try {
                    w.run.run();
                } catch (DriverException e) {
                    return new Found(wait, w, report(e.getMessage()), tried);
                }
            }
            return new Found(wait, null, "", tried);
        } finally {
            KernelWaits.leaveOutNone();
        }
    }

    /** The quickest, and some of the longer ones, for those have more warps and more rounds. */
    private static List<Witness> spread(List<Witness> all) {
        int n = all.size();
        if (n <= TRIES) {
            return all;
        }
        var chosen = new ArrayList<>(all.subList(0, TRIES / 2));
        for (int i = 0; i < TRIES / 2; i++) {
            chosen.add(all.get(TRIES / 2 + (int) ((long) i * (n - TRIES / 2) / (TRIES / 2))));
        }
        return chosen;
    }

    /** The simulator's own words behind the driver's. */
    private static String report(String message) {
        for (var word : List.of("race on", "uninitialised", "read at", "write at", "divergent", "out of bounds")) {
            int at = message.indexOf(": " + word);
            if (at >= 0) {
                return message.substring(at + 2);
            }
        }
        return message;
    }

    private static String table(Map<String, List<Found>> byPlace) {
        var text = new StringBuilder("| place | waits by | kernels | reported in | by, for instance | as |\n");
        text.append("|---|---|--:|--:|---|---|\n");
        byPlace.forEach((place, found) -> {
            var noticed = found.stream().filter(Found::noticed).toList();
            var first = noticed.isEmpty() ? null : noticed.getFirst();
            text.append("| ").append(place).append(" | ").append(found.getFirst().left().what()).append(" | ")
                    .append(found.size()).append(" | ").append(noticed.size()).append(" | ")
                    .append(first == null ? "nobody" : first.left().kernel() + ": " + first.by().name()).append(" | ")
                    .append(first == null ? "" : first.report()).append(" |\n");
        });
        text.append("\nNot reported, though another kernel needs the line:\n\n");
        byPlace.forEach((place, found) -> {
            var silent = found.stream().filter(f -> !f.noticed()).toList();
            if (!silent.isEmpty()) {
                text.append("- ").append(place).append(": ").append(silent.stream()
                        .map(f -> f.left().kernel() + " (" + f.tried() + " cases)")
                        .collect(Collectors.joining(", "))).append("\n");
            }
        });
        return text.toString();
    }
}
