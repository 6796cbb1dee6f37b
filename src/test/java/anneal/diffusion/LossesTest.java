package anneal.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.tensor.Device;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LossesTest {
    private final Device device = Check.reference();

    @AfterEach
    void close() {
        device.close();
    }

    @Test
    void klOfScalarsIsTheClosedForm() {
        double kl = Losses.normalKl(device.scalar(0.3), device.scalar(Math.log(4)), device.scalar(-0.7),
                device.scalar(Math.log(9))).item();
        assertEquals(Math.log(3.0 / 2) + (4 + 1.0) / (2 * 9) - 0.5, kl, 1e-15);
    }

    @Test
    void theLikelihoodsOfAllLevelsSumToOne() {
        var levels = new double[256];
        Arrays.setAll(levels, i -> i / 127.5 - 1);
        var x = device.of(levels, 256);
        for (double mean : new double[] {-1.2, -0.4, 0.77, 1}) {
            for (double logScale : new double[] {-3, -1, 1}) {
                var logProbs = Losses.discretizedGaussianLogLikelihood(
                        x, device.full(mean, x.shape()), device.scalar(logScale));
                assertEquals(1, logProbs.exp().sum().item(), 1e-8);
            }
        }
    }

    @Test
    void likelihoodAndItsGradientsAreTheOriginals() throws IOException {
        var fixture = Fixture.adm("discretized_gaussian");
        var means = fixture.tensor(device, "in.means");
        var logScales = fixture.tensor(device, "in.log_scales");
        try (var tape = device.tape()) {
            tape.watch(means, logScales);
            var logProbs = Losses.discretizedGaussianLogLikelihood(
                    fixture.tensor(device, "in.x"), means, logScales);
            var gradients = tape.gradientFrom(logProbs, fixture.tensor(device, "in.g"), means, logScales);
            Check.close(fixture.tensor(device, "out.log_probs"), logProbs, 1e-12);
            Check.close(fixture.tensor(device, "grad.means"), gradients[0], 1e-12);
            Check.close(fixture.tensor(device, "grad.log_scales"), gradients[1], 1e-12);
        }
    }

    @Test
    void hopelessImagesCostAFixedPriceWithoutGradient() {
        var mean = device.of(new double[] {50}, 1);
        try (var tape = device.tape()) {
            tape.watch(mean);
            var logProb = Losses.discretizedGaussianLogLikelihood(
                    device.of(new double[] {0}, 1), mean, device.scalar(-2));
            assertEquals(Math.log(1e-12), logProb.sum().item(), 1e-12);
            assertEquals(0, tape.gradient(logProb, mean)[0].sum().item());
        }
    }
}
