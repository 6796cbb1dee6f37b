package anneal.bench.peer;

import anneal.io.TensorData;
import anneal.model.UNet;
import anneal.model.UNetConfig;
import anneal.nn.ParameterArena;
import anneal.tensor.Device;
import anneal.tensor.RepeatedStep;
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
    private final UNetInputs in;

    /** @param inputs as {@link UNetItem#inputs} makes them */
    public UNetEvaluation(UNetConfig config, Device device, Map<String, TensorData> inputs) {
        this.device = device;
        unet = config.build();
        arena = ParameterArena.forInference(device, unet);
        scope = device.scope();
        repeated = device.repeatedStep();
        in = UNetInputs.load(unet, device, inputs);
        arena.freeze();
    }

    private Tensor forward() {
        return unet.forward(in.x(), in.t(), in.y());
    }

    @Override
    public void run() {
        try (var step = repeated.begin()) {
            forward();
            device.backend().synchronize();
        }
    }

    @Override
    public SequencedMap<String, float[]> results() {
        try (var step = device.scope()) {
            var out = new LinkedHashMap<String, float[]>();
            out.put("out", forward().toFloats());
            return out;
        }
    }

    @Override
    public void close() {
        repeated.close();
        scope.close();
        arena.close();
    }
}
