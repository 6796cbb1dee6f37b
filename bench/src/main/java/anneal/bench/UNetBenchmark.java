package anneal.bench;

import anneal.bench.peer.Ours;
import anneal.bench.peer.UNetItem;
import anneal.tensor.Device;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The ADM UNet of 11.1 million parameters on images of 32x32x3: an evaluation without gradients, or a training step
 * with AdamW. What the evaluation gives, or the step's loss and gradients, must be finite, not zero, and the same bits
 * as with another number of threads; {@link PeerBenchmark} compares it with PyTorch's.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class UNetBenchmark {

    @Param({"1", "2"})
    public int threads;

    @Param({"1", "8"})
    public int batch;

    @Param({"forward", "training-step"})
    public String use;

    private Device device;
    private Ours network;

    @Setup(Level.Trial)
    public void build() {
        var item = new UNetItem("adm32", UNetItem.adm32(), batch, use.equals("training-step"));
        device = Devices.open("cpu", DeviceOptions.threads(threads));
        var inputs = item.inputs();
        network = item.prepare(device, inputs);
        try (var another = Devices.open("cpu", DeviceOptions.threads(threads + 1));
                var same = item.prepare(another, inputs)) {
            check(network.results(), same.results());
        }
    }

    @Benchmark
    public void unet() {
        network.run();
    }

    @TearDown(Level.Trial)
    public void close() {
        network.close();
        device.close();
    }

    private static void check(SequencedMap<String, float[]> results, Map<String, float[]> same) {
        results.forEach((name, values) -> {
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                if (!Float.isFinite(values[i]) || values[i] != same.get(name)[i]) {
                    throw new IllegalStateException(name + " is " + values[i] + " at " + i + ", with one thread more "
                            + same.get(name)[i]);
                }
                sum += Math.abs(values[i]);
            }
            if (sum == 0) {
                throw new IllegalStateException(name + " is zero");
            }
        });
    }
}
