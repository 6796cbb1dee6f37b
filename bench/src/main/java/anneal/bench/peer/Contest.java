package anneal.bench.peer;

import anneal.io.SafeTensors;
import anneal.tensor.Device;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Runs items on both sides, in turns, so that whatever else the machine does meets both alike. */
final class Contest {
    private static final int MOST_REPS = 2000;
    private static final double NANOS = 1e9;
    /** The other side's idle threads spin for a moment before they sleep. */
    private static final long PAUSE_MILLIS = 5;

    private final TorchPeer peer;
    private final int threads;
    private final Effort effort;
    private final Path folder;

    /** @param folder for the files that the two exchange */
    Contest(TorchPeer peer, int threads, Effort effort, Path folder) {
        this.peer = peer;
        this.threads = threads;
        this.effort = effort;
        this.folder = folder;
    }

    Outcome run(Item item) throws IOException {
        var file = folder.resolve("inputs.safetensors");
        var inputs = item.inputs();
        SafeTensors.write(file, inputs, Map.of());
        var parameters = peer.prepare(item.spec(), file);
        try (Device device = Devices.open("cpu", DeviceOptions.threads(threads).with(item.convolution()));
                Ours ours = item.prepare(device, inputs)) {
            double error = compare(ours);
            var choice = peer.choose(effort.chooseSeconds(), effort.compile());
            double oursOnce = warm(ours);
            return race(item, ours, oursOnce, choice, parameters, error);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private double compare(Ours ours) throws IOException {
        var file = folder.resolve("results.safetensors");
        peer.results(file);
        try (var theirs = SafeTensors.read(file)) {
            return Agreement.worst(ours.results(), theirs.tensors());
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Seconds of a call once it is hot. */
    private double warm(Ours ours) {
        long start = System.nanoTime();
        double last;
        do {
            last = timed(ours);
        } while ((System.nanoTime() - start) / NANOS < effort.warmSeconds());
        return last;
    }

    private Outcome race(Item item, Ours ours, double oursOnce, TorchPeer.Choice choice, Long parameters, double error)
            throws IOException {
        int ourReps = reps(oursOnce);
        int peerReps = reps(choice.seconds().get(choice.variant()));
        var our = new Series[effort.rounds()];
        var their = new Series[effort.rounds()];
        for (int i = 0; i < effort.rounds(); i++) {
            our[i] = turn(ours, ourReps);
            pause();
            // The first call finds the caches full of the other side's data.
            their[i] = Series.of(peer.run(peerReps + 1).subList(1, peerReps + 1));
            pause();
        }
        return Outcome.of(item, our, their, choice, parameters, error);
    }

    private int reps(double seconds) {
        return Math.clamp((long) Math.ceil(effort.turnSeconds() / seconds), 1, MOST_REPS);
    }

    private static Series turn(Ours ours, int reps) {
        ours.run();
        var seconds = new double[reps];
        for (int i = 0; i < reps; i++) {
            seconds[i] = timed(ours);
        }
        return Series.of(seconds);
    }

    private static double timed(Ours ours) {
        long start = System.nanoTime();
        ours.run();
        return (System.nanoTime() - start) / NANOS;
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
