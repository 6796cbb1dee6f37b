package anneal.diffusion.cold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.tensor.Devices;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RestorationLossTest {
    @Test
    void isTheDistanceAndFlowsThroughTheRestorerOnly() {
        try (var device = Devices.open("reference")) {
            var x = Lab.images(device, 1, 2, 4, 4, 1);
            var factor = device.scalar(0.5);
            var d = new NaiveFade(device, 0.25, true, 3);
            var level = Levels.of(device, d, 1, 2);
            for (var loss : RestorationLoss.values()) {
                try (var tape = device.tape()) {
                    tape.watch(factor, x);
                    var terms = loss.of((xs, time) -> xs.mul(factor), d, x, level);
                    double[] kept = {0.75, 0.75 * 0.75};
                    var expected = new double[2];
                    double gradient = 0;
                    for (int i = 0; i < 32; i++) {
                        double clean = x.toDoubles()[i];
                        double seen = clean * kept[i / 16];
                        double error = clean - seen / 2;
                        expected[i / 16] += (loss == RestorationLoss.L1 ? Math.abs(error) : error * error) / 16;
                        gradient -= (loss == RestorationLoss.L1 ? Math.signum(error) : 2 * error) * seen / 32;
                    }
                    assertArrayEquals(expected, terms.loss().toDoubles(), 1e-14);
                    var gradients = tape.gradient(terms.loss().mean(), factor, x);
                    assertEquals(gradient, gradients[0].item(), 1e-14);
                    assertEquals(0, gradients[1] == null ? 0
                            : Arrays.stream(gradients[1].toDoubles()).map(Math::abs).sum());
                }
            }
        }
    }
}
