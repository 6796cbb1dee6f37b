package anneal.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.kernel.Precision;
import anneal.kernel.Shape;
import anneal.kernel.cuda.TestedDevice;
import anneal.tensor.Concat;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Beside a network in bfloat16 everything else of the process is float32: the same bits as on a float32 device. */
class Bf16FormulasTest {
    private static final DiffusionConfig CONFIG = new DiffusionConfig(BetaSchedule.named("linear"), 1000, "",
            MeanType.EPSILON, VarianceType.LEARNED_RANGE, LossType.RESCALED_MSE, false);
    private static final Shape IMAGES = Shape.of(3, 4, 4, 2);

    private static List<double[]> on(Precision precision, Function<Device, List<Tensor>> f) {
        try (var device = new Device(TestedDevice.open(precision)); var scope = device.scope()) {
            return f.apply(device).stream().map(Tensor::toDoubles).toList();
        }
    }

    private static void sameInBoth(Function<Device, List<Tensor>> f) {
        var exact = on(Precision.FP32, f);
        var bf16 = on(Precision.BF16, f);
        assertEquals(exact.size(), bf16.size());
        for (int i = 0; i < exact.size(); i++) {
            assertArrayEquals(exact.get(i), bf16.get(i), "tensor " + i);
        }
    }

    /** As if it were a network: any smooth function with twice the channels, in float32. */
    private static Tensor pretended(Tensor x) {
        return Concat.concat(-1, x.sin(), x.cos().mul(0.5));
    }

    private static Tensor noise(Device device, int position) {
        var noise = new PhiloxNoise(device, 5, 1, 0, 1, 2);
        noise.seek(position);
        return noise.draw(IMAGES);
    }

    @Test
    void trainingLossesAndTheirGradients() {
        sameInBoth(device -> {
            var x = noise(device, 0).tanh();
            var t = device.ofInts(new int[] {0, 500, 999}, 3);
            var out = new ArrayList<Tensor>();
            try (var tape = device.tape()) {
                var output = pretended(noise(device, 2));
                tape.watch(output);
                var diffusion = new GaussianDiffusion(CONFIG, device);
                var xT = diffusion.qSample(x, t, noise(device, 1));
                var terms = new TrainingLosses(diffusion).of(output, x, xT, t, noise(device, 1));
                out.addAll(List.of(xT, diffusion.modelTimesteps(t), terms.loss(), terms.mse(), terms.vb()));
                out.addAll(List.of(tape.gradient(terms.loss().mean(), output)));
            }
            return out;
        });
    }

    @Test
    void samplersAndGuidance() {
        for (var sampler : List.of(new DdpmSampler(), new DdimSampler(0.5), new DdimReverse())) {
            sameInBoth(device -> {
                var diffusion = new GaussianDiffusion(new DiffusionConfig(BetaSchedule.named("linear"), 1000, "5",
                        MeanType.EPSILON, VarianceType.LEARNED_RANGE, LossType.MSE, false), device);
                Denoiser denoiser = (x, t) -> pretended(x);
                var guidance = new ClassifierGuidance(diffusion, LogProbGradient.ofClassifier(
                        (x, t) -> x.square().mean(false, 1, 2), device.ofInts(new int[] {0, 1, 0}, 3)), 2);
                var model = sampler.guide(diffusion.reverse(denoiser, XstartFilter.clip()), guidance);
                return List.of(new SamplerLoop(diffusion, sampler).run(model, IMAGES,
                        new PhiloxNoise(device, 5, 1, 0, 1, 2)));
            });
        }
    }
}
