package anneal.bench.peer;

import anneal.io.SafeTensors;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Peak resident memory of both sides, each in a fresh process that does one item and nothing else: neither the other
 * items' memory nor what torch.compile needs to compile counts. Ours runs with the options of tools/anneal.
 */
final class PeakMemory {
    private static final int CALLS = 5;

    /** Bytes, from the start of the process; {@code oursDevice} is the part that tensors took. */
    record Peak(String name, long ours, long oursDevice, long peer) {
    }

    private PeakMemory() {
    }

    static Peak measure(Item item, TorchPeer.Location at, int threads, Path folder) throws IOException {
        var file = folder.resolve("inputs.safetensors");
        SafeTensors.write(file, item.inputs(), Map.of());
        try {
            var ours = child(item, threads, file, folder);
            try (var peer = new TorchPeer(at, threads, folder.resolve("memory.log"))) {
                peer.prepare(item.spec(), file);
                peer.choose(0, false);
                peer.run(CALLS);
                return new Peak(item.name(), ours[0], ours[1], peer.peakBytes());
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** What the child process does: prints its own peak and the device's. */
    static void inThisProcess(Item item, int threads, Path inputs) throws IOException {
        try (var file = SafeTensors.read(inputs); var device = Devices.open("cpu", DeviceOptions.threads(threads));
                var ours = item.prepare(device, file.tensors())) {
            for (int i = 0; i < CALLS; i++) {
                ours.run();
            }
            System.out.println(Machine.peakBytes() + " " + device.memory().peakBytes());
        }
    }

    private static long[] child(Item item, int threads, Path inputs, Path folder) throws IOException {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC",
                "-Xmn64m", "-cp", System.getProperty("java.class.path"), "anneal.bench.PeerBenchmark"));
        command.addAll(List.of("--memory-of", item.name(), "--threads", Integer.toString(threads),
                "--inputs", inputs.toString()));
        var log = folder.resolve("memory-ours.log");
        var process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("measuring the memory of " + item.name() + " failed: " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        var numbers = text.split(" ");
        return new long[] {Long.parseLong(numbers[0]), Long.parseLong(numbers[1])};
    }
}
