package anneal.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.kernel.DType;
import anneal.kernel.Precision;
import anneal.kernel.cuda.TestedDevice;
import anneal.nn.ParameterArena;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Networks are bfloat16 inside, and float32 at both ends and for their images' gradients. */
class Bf16NetworksTest {
    @Test
    void networksTakeAndGiveFloat32() {
        var trunk = TrunkConfig.builder(4, 2, 32).channelMult(1, 1).numResBlocks(1).numHeadChannels(16).build();
        try (var device = new Device(TestedDevice.open(Precision.BF16)); var scope = device.scope()) {
            var t = device.ofInts(new int[] {0, 500, 999}, 3);
            var unet = new UNet(new UNetConfig(trunk, 2, true, -1, 0, false));
            var classifier = new NoisyClassifier(new ClassifierConfig(trunk, 3, Pooling.ATTENTION));
            try (var one = ParameterArena.forInference(device, unet);
                    var other = ParameterArena.forInference(device, classifier)) {
                one.initialise(1);
                other.initialise(2);
                assertEquals(DType.BF16, unet.parameters().get("out.2.weight").value().dtype());
                for (Function<Tensor, Tensor> network : List.<Function<Tensor, Tensor>>of(x -> unet.forward(x, t),
                        x -> classifier.forward(x, t))) {
                    var x = device.of(new Random(3).doubles(96, -1, 1).toArray(), 3, 4, 4, 2);
                    try (var tape = device.tape()) {
                        tape.watch(x);
                        var y = network.apply(x);
                        assertEquals(DType.F32, y.dtype());
                        assertEquals(DType.F32, tape.gradient(y, x)[0].dtype());
                    }
                }
            }
        }
    }
}
