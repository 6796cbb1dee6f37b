package anneal.bench.gpu;

import anneal.bench.peer.Item;
import anneal.bench.peer.UNetItem;
import anneal.io.TensorData;
import anneal.kernel.profile.Profile;
import anneal.tensor.Device;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import java.util.HashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * What an item has to give: the cpu device's float32, from the same numbers, which are such as bfloat16 has. It counts
 * a network's arithmetic on the way.
 */
final class Truth implements AutoCloseable {
    static final String NAME = "the cpu device, float32";
    /** More images of a network than these take a processor too long. */
    private static final int MOST_IMAGES = 8;

    private final Profile profile = new Profile();
    private final Device cpu = Devices.open("cpu", DeviceOptions.DEFAULT.with(profile));
    private final Map<String, Double> flopsOfAnImage = new HashMap<>();

    /** Whether it is computed at all. */
    static boolean isFor(Item item) {
        return !(item instanceof UNetItem network) || network.batch() <= MOST_IMAGES;
    }

    SequencedMap<String, float[]> of(Item item, Map<String, TensorData> inputs) {
        try (var exact = item.prepare(cpu, inputs)) {
            profile.clear();
            var samples = Samples.of(exact.results());
            if (item instanceof UNetItem network) {
                flopsOfAnImage.put(kind(network), profile.flops() / network.batch());
            }
            return samples;
        }
    }

    /** Multiplications and additions of the direct algorithm; 0 if they were never counted. */
    double flops(Item item) {
        return item instanceof UNetItem network
                ? network.batch() * flopsOfAnImage.getOrDefault(kind(network), 0.0) : item.flops();
    }

    private static String kind(UNetItem network) {
        return network.model() + (network.train() ? " training" : "");
    }

    @Override
    public void close() {
        cpu.close();
    }
}
