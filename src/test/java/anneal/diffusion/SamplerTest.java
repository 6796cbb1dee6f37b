package anneal.diffusion;

import static anneal.diffusion.BetaScheduleTest.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.kernel.Shape;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
    private static final GaussianData DATA = new GaussianData(0.4, 0.3);

    private final Device device = Check.reference();

    @AfterEach
    void close() {
        device.close();
    }

    private GaussianDiffusion diffusion(int steps, String respacing, VarianceType variance) {
        return new GaussianDiffusion(new DiffusionConfig(BetaSchedule.Cosine.IMPROVED_DDPM, steps, respacing,
                MeanType.X_START, variance, LossType.MSE, true), device);
    }

    private PhiloxNoise noise(int samples) {
        var numbers = new int[samples];
        for (int i = 0; i < samples; i++) {
            numbers[i] = i;
        }
        return new PhiloxNoise(device, 5, 1, numbers);
    }

    /** With the exact mean and variance the ancestral chain is the data's distribution, however few its steps. */
    @ParameterizedTest
    @ValueSource(ints = {4, 30})
    void ancestralSamplingReachesTheDistribution(int steps) {
        var d = diffusion(1000, Integer.toString(steps), VarianceType.LEARNED);
        var model = d.reverse(DATA.predictsXstartAndVariance(d), XstartFilter.none());
        var x = new SamplerLoop(d, new DdpmSampler()).run(model, Shape.of(16, 32, 32, 2), noise(16));
        // The last step adds no noise: it leaves the posterior mean of x_1.
        double lost = Math.pow(DATA.gain(d, 0), 2) * variance(d, 0) / (DATA.deviation() * DATA.deviation());
        int count = 16 * 32 * 32 * 2;
        double mean = x.mean().item();
        double variance = x.sub(mean).square().mean().item();
        double expected = DATA.deviation() * DATA.deviation() * lost;
        assertEquals(DATA.mean(), mean, 4 * DATA.deviation() / Math.sqrt(count));
        assertEquals(expected, variance, 4 * expected * Math.sqrt(2.0 / count));
    }

    /** Variance of x_t. */
    private static double variance(GaussianDiffusion d, int t) {
        double ab = d.process().tables().alphasCumprod()[t];
        return ab * DATA.deviation() * DATA.deviation() + 1 - ab;
    }

    @Test
    void dataOfOnePointIsReachedExactly() {
        var d = diffusion(50, "", VarianceType.FIXED_LARGE);
        var point = new GaussianData(0.7, 0);
        for (var sampler : new Sampler[] {new DdpmSampler(), new DdimSampler(0.5)}) {
            var x = new SamplerLoop(d, sampler).run(
                    d.reverse(point.predictsXstart(d), XstartFilter.clip()), Shape.of(2, 3, 3, 1), noise(2));
            Check.close(device.full(0.7, x.shape()), x, 1e-14);
        }
    }

    /** Equation 12 on the host, element by element. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.7})
    void ddimIsItsEquation(double eta) {
        var d = diffusion(100, "ddim10", VarianceType.FIXED_SMALL);
        var draws = Check.normal(device, 3, 11, 2, 3, 4, 1);
        var noise = draws.toDoubles();
        int size = noise.length / 11;
        var expected = Arrays.copyOf(noise, size);
        var cumprod = d.process().tables().alphasCumprod();
        for (int k = 0; k < 10; k++) {
            int t = 9 - k;
            double ab = cumprod[t];
            double prev = t == 0 ? 1 : cumprod[t - 1];
            double sigma = eta * Math.sqrt((1 - prev) / (1 - ab)) * Math.sqrt(1 - ab / prev);
            for (int i = 0; i < size; i++) {
                double x = expected[i];
                double xStart = DATA.gain(d, t) * x + DATA.offset(d, t);
                double epsilon = (x - Math.sqrt(ab) * xStart) / Math.sqrt(1 - ab);
                expected[i] = Math.sqrt(prev) * xStart + Math.sqrt(1 - prev - sigma * sigma) * epsilon
                        + sigma * noise[(1 + k) * size + i];
            }
        }
        var x = new SamplerLoop(d, new DdimSampler(eta)).run(d.reverse(DATA.predictsXstart(d), XstartFilter.none()),
                Shape.of(2, 3, 4, 1), new RecordedNoise(draws));
        Check.close(expected, x.toDoubles(), 1e-12);
    }

    @Test
    void ddimWithFullNoiseIsAncestralSampling() {
        var d = diffusion(200, "20", VarianceType.FIXED_SMALL);
        var model = d.reverse(DATA.predictsXstart(d), XstartFilter.clip());
        var sigmas = new DdimSampler(1).sigmas(d.process().tables());
        var posterior = Arrays.stream(d.process().tables().posteriorVariance()).map(Math::sqrt).toArray();
        assertArrayEquals(posterior, sigmas, 1e-15);
        Tensor ancestral = new SamplerLoop(d, new DdpmSampler()).run(model, Shape.of(3, 4, 4, 2), noise(3));
        Tensor implicit = new SamplerLoop(d, new DdimSampler(1)).run(model, Shape.of(3, 4, 4, 2), noise(3));
        Check.close(ancestral, implicit, 1e-11);
    }

    @Test
    void whatIsEncodedCanBeDecoded() {
        var d = diffusion(400, "", VarianceType.FIXED_SMALL);
        var model = d.reverse(DATA.predictsXstart(d), XstartFilter.none());
        var images = Check.normal(device, 4, 2, 4, 4, 1).affine(DATA.deviation(), DATA.mean());
        var noise = new SamplerLoop(d, new DdimReverse()).run(model, images, NoiseSource.none());
        assertEquals(1, noise.square().mean().sqrt().item(), 0.35);
        var decoded = new SamplerLoop(d, new DdimSampler(0)).run(model, noise, noise(2));
        Check.close(images, decoded, 0.02);
    }

    @Test
    void refusesAnEtaThatIsNone() {
        assertMessage("eta must be in 0..1, got 1.5", () -> new DdimSampler(1.5));
        assertMessage("got NaN", () -> new DdimSampler(Double.NaN));
    }
}
