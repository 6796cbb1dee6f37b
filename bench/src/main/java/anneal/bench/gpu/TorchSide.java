package anneal.bench.gpu;

import anneal.bench.peer.Item;
import anneal.bench.peer.TorchPeer;
import anneal.io.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** PyTorch on the same GPU, in a process that lives as long as a stage (bench/peer/torch_gpu.py). */
final class TorchSide implements AutoCloseable {
    private final TorchPeer peer;
    private final Path folder;
    private final String description;

    /** What came of one way to compute an item: a part of its results, and milliseconds of each call. */
    record Measured(SequencedMap<String, float[]> samples, List<Double> ms, double builtSeconds) {
    }

    /**
     * Starts it.
     *
     * @param device   cuda, or cpu beside the simulator
     * @param deadline when it is ended, whatever it does
     * @param folder   for what it says and for what the two exchange
     * @throws IOException in one line, if it cannot be started, has no torch or sees no GPU
     */
    TorchSide(TorchPeer.Location at, String device, Instant deadline, Path folder) throws IOException {
        this.folder = folder;
        peer = new TorchPeer(at, List.of("--device", device), Map.of(), folder.resolve("torch.log"));
        peer.endAt(deadline);
        var hello = peer.ask("hello", Map.of());
        description = "PyTorch %s, CUDA %s, cuDNN %s, Python %s, on %s".formatted(hello.path("torch").asText(),
                hello.path("cuda").asText(), hello.path("cudnn").asText(), hello.path("python").asText(),
                hello.path("device").asText());
    }

    String description() {
        return description;
    }

    /** Builds an item. */
    void prepare(Item item) throws IOException {
        var spec = new LinkedHashMap<>(item.spec());
        spec.put("autocast", true);
        peer.ask("prepare", Map.of("spec", spec, "recipes", item.numbers().recipes()));
    }

    /** Computes it in one way, again and again for some seconds, and at least so often. */
    Measured measure(String way, double seconds, int least) throws IOException {
        var file = folder.resolve("torch.safetensors");
        try {
            var answer = peer.ask("measure", Map.of("variant", way, "file", file.toString(), "seconds", seconds,
                    "least", least));
            var ms = new ArrayList<Double>();
            answer.path("ms").forEach(value -> ms.add(value.doubleValue()));
            try (var results = SafeTensors.read(file)) {
                var samples = new LinkedHashMap<String, float[]>();
                results.tensors().forEach((name, data) -> samples.put(name, data.toFloats()));
                return new Measured(samples, ms, answer.path("builtSeconds").doubleValue());
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Gives the item's memory back. */
    void release() throws IOException {
        peer.ask("release", Map.of());
    }

    @Override
    public void close() {
        peer.close();
    }
}
