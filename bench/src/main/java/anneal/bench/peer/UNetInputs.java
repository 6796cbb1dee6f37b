package anneal.bench.peer;

import anneal.io.DataException;
import anneal.io.TensorData;
import anneal.model.UNet;
import anneal.nn.StateDict;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** What both uses of a UNet read: its weights, images [N, H, W, C], timesteps, and labels (null without classes). */
record UNetInputs(Tensor x, Tensor t, Tensor y) {
    private static final String WEIGHT = "weight.";

    /** Sets the weights of a model that an arena holds; the tensors belong to the current scope. */
    static UNetInputs load(UNet unet, Device device, Map<String, TensorData> inputs) {
        var weights = new LinkedHashMap<String, TensorData>();
        inputs.forEach((name, data) -> {
            if (name.startsWith(WEIGHT)) {
                weights.put(name.substring(WEIGHT.length()), data);
            }
        });
        try {
            StateDict.load(unet, weights);
        } catch (DataException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        return new UNetInputs(floats(device, inputs.get("x")), integers(device, inputs.get("t")),
                inputs.containsKey("y") ? integers(device, inputs.get("y")) : null);
    }

    static Tensor floats(Device device, TensorData data) {
        return device.of(data.toFloats(), data.intShape());
    }

    private static Tensor integers(Device device, TensorData data) {
        var values = new int[Math.toIntExact(data.elements())];
        var longs = data.toLongs();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.toIntExact(longs[i]);
        }
        return device.ofInts(values, data.intShape());
    }
}
