package anneal.model;

import anneal.kernel.Shape;
import anneal.nn.ParameterArena;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.util.Random;

/** The smallest networks that have every kind of layer, and inputs for them. */
final class TinyModels {
    private TinyModels() {
    }

    static TrunkConfigBuilder trunk() {
        return TrunkConfig.builder(4, 1, 32).channelMult(1, 1).attentionAtPixels(2);
    }

    static Tensor random(Device device, long seed, int... shape) {
        var values = new Random(seed).doubles(Shape.of(shape).size(), -1, 1).toArray();
        return device.of(values, shape);
    }

    /** Overwrites every parameter, because fresh networks are zero at their ends. */
    static void randomise(ParameterArena arena, long seed) {
        var random = new Random(seed);
        for (var p : arena.module().parameters().values()) {
            p.value().copyFrom(random.doubles(p.shape().size(), -0.2, 0.2).toArray());
        }
        arena.startEmas();
    }
}
