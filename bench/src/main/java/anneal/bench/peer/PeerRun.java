package anneal.bench.peer;

import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Every item against the peer, then the networks' memory.
 *
 * @param memory whether peak memory is measured too
 */
public record PeerRun(TorchPeer.Location location, int threads, Effort effort, boolean memory) {
    /** @param command what to print as the command that did this */
    public Report run(List<Item> items, String command, String commit) throws IOException {
        var machine = Machine.here();
        var folder = Files.createTempDirectory("anneal-peer");
        try {
            var outcomes = new ArrayList<Outcome>();
            TorchPeer.Hello hello;
            try (var peer = new TorchPeer(location, threads, folder.resolve("peer.log"))) {
                hello = peer.hello();
                var contest = new Contest(peer, threads, effort, folder);
                for (var item : items) {
                    var outcome = contest.run(item);
                    System.err.println(Report.progress(outcome));
                    outcomes.add(outcome);
                }
            }
            var peaks = new ArrayList<PeakMemory.Peak>();
            for (var item : items) {
                if (memory && item.isNetwork()) {
                    peaks.add(PeakMemory.measure(item, location, threads, folder));
                }
            }
            return new Report(LocalDate.now().toString(), command, commit, machine, Machine.loadNow(), device(),
                    threads, hello, effort, outcomes, peaks);
        } finally {
            delete(folder);
        }
    }

    private String device() {
        try (var device = Devices.open("cpu", DeviceOptions.threads(threads))) {
            return device.toString();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var paths = Files.walk(folder)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** What the process for our side's memory does; see {@link PeakMemory}. */
    public static void printPeakMemory(Item item, int threads, Path inputs) throws IOException {
        PeakMemory.inThisProcess(item, threads, inputs);
    }
}
