package anneal.bench.peer;

import anneal.io.TensorData;
import anneal.model.UNet;
import anneal.model.UNetConfig;
import anneal.nn.ParameterArena;
import anneal.tensor.Device;
import anneal.tensor.RepeatedStep;
import anneal.tensor.ReplayedStep;
import anneal.tensor.Scope;
import anneal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** A UNet's prediction for a batch, without gradients. */
public final class UNetEvaluation implements Ours {
    private final Device device;
    private final UNet unet;
    private final ParameterArena arena;
    private final Scope scope;
    private final RepeatedStep repeated;
    private final ReplayedStep replayed;
    private final UNetInputs in;
    private final Tensor out;

    /** @param inputs as {@link UNetItem#inputs} makes them */
    public UNetEvaluation(UNetConfig config, Device device, Map<String, TensorData> inputs) {
        this.device = device;
        unet = config.build();
        arena = ParameterArena.forInference(device, unet);
        scope = device.scope();
        repeated = device.repeatedStep();
        in = UNetInputs.load(unet, device, inputs);
        arena.freeze();
        out = device.empty(in.x().shape().with(3, config.networkOutChannels()));
        replayed = repeated.of(() -> out.copyFrom(unet.forward(in.x(), in.t(), in.y())));
    }

    @Override
    public void enqueue() {
        replayed.run();
    }

    @Override
    public void run() {
        enqueue();
        device.backend().synchronize();
    }

    /** Where there are graphs, of the third turn, which is one's. */
    @Override
    public SequencedMap<String, float[]> results() {
        for (int turn = device.hasGraphs() ? 0 : 2; turn < 3; turn++) {
            run();
        }
        var results = new LinkedHashMap<String, float[]>();
        results.put("out", out.toFloats());
        return results;
    }

    @Override
    public void close() {
        replayed.close();
        repeated.close();
        scope.close();
        arena.close();
    }
}
