package anneal.diffusion;

import anneal.kernel.Shape;
import anneal.tensor.RepeatedStep;
import anneal.tensor.Tensor;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Walks a sampler through a process, one network evaluation a timestep: a {@link Walk}.
 *
 * @param listener  hears of each step
 * @param cancelled asked before each step
 * @param repeated  what the steps of several loops in a row have in common; null for one of its own
 */
public record SamplerLoop(GaussianDiffusion diffusion, Sampler sampler, Consumer<SamplingStep> listener,
                          BooleanSupplier cancelled, RepeatedStep repeated) {
    /** A loop by itself. */
    public SamplerLoop(GaussianDiffusion diffusion, Sampler sampler, Consumer<SamplingStep> listener,
                       BooleanSupplier cancelled) {
        this(diffusion, sampler, listener, cancelled, null);
    }

    /** A loop that runs to its end in silence. */
    public SamplerLoop(GaussianDiffusion diffusion, Sampler sampler) {
        this(diffusion, sampler, step -> { }, () -> false);
    }

    /**
     * Samples from pure noise.
     *
     * @param shape [N, H, W, C]
     * @return in the current scope
     */
    public Tensor run(ReverseModel model, Shape shape, NoiseSource noise) {
        try (var start = diffusion.device().scope()) {
            noise.seek(0);
            return start.escape(run(model, noise.draw(shape), noise));
        }
    }

    /**
     * Walks on from {@code initial}, which is left as it is.
     *
     * @param noise its draw 1 + k belongs to step k
     * @return in the current scope
     * @throws CancellationException if {@code cancelled} said so
     */
    public Tensor run(ReverseModel model, Tensor initial, NoiseSource noise) {
        var device = diffusion.device();
        int total = diffusion.steps();
        var modelTimesteps = diffusion.process().modelTimesteps(diffusion.config().rescaleTimesteps());
        var timesteps = IntStream.range(0, total).map(k -> sampler.ascends() ? k : total - 1 - k).toArray();
        var told = IntStream.of(timesteps).mapToDouble(t -> modelTimesteps[t]).toArray();
        try (var run = device.scope()) {
            var step = sampler.on(diffusion);
            return run.escape(new Walk(device, timesteps, told, listener, cancelled, repeated)
                    .run(initial, new NoisyStep(model, step, noise)));
        }
    }

    /** A step of the sampler, with the draw that belongs to it. */
    private record NoisyStep(ReverseModel model, Sampler.Step step, NoiseSource noise) implements Walk.Step {
        @Override
        public void prepare(int index) {
            noise.seek(1 + index);
        }

        @Override
        public Sampler.Update take(Tensor x, Tensor t) {
            return step.take(model, x, t, () -> noise.draw(x.shape()));
        }
    }
}
