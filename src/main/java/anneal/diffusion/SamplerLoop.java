package anneal.diffusion;

import anneal.kernel.DType;
import anneal.kernel.Shape;
import anneal.tensor.RepeatedStep;
import anneal.tensor.Tensor;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Walks a sampler through a process, one network evaluation a timestep. What a step allocates is freed before the next
 * one, and x stays at one address.
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
        if (repeated != null) {
            return run(model, initial, noise, repeated);
        }
        try (var own = diffusion.device().repeatedStep()) {
            return run(model, initial, noise, own);
        }
    }

    private Tensor run(ReverseModel model, Tensor initial, NoiseSource noise, RepeatedStep steps) {
        var device = diffusion.device();
        int total = diffusion.steps();
        var modelTimesteps = diffusion.process().modelTimesteps(diffusion.config().rescaleTimesteps());
        try (var run = device.scope()) {
            var step = sampler.on(diffusion);
            var x = device.empty(initial.shape());
            x.copyFrom(initial);
            var t = device.empty(DType.I32, Shape.of(x.dim(0)));
            for (int k = 0; k < total; k++) {
                stopIfCancelled(k, total);
                int timestep = sampler.ascends() ? k : total - 1 - k;
                t.copyFrom(filled(x.dim(0), timestep));
                noise.seek(1 + k);
                try (var one = steps.begin()) {
                    var update = step.take(model, x, t, () -> noise.draw(x.shape()));
                    x.copyFrom(update.x());
                    listener.accept(new SamplingStep(
                            k, total, timestep, modelTimesteps[timestep], x, update.predXstart()));
                }
            }
            return run.escape(x);
        }
    }

    private void stopIfCancelled(int step, int total) {
        if (cancelled.getAsBoolean()) {
            throw new CancellationException("sampling was stopped after %d of %d steps".formatted(step, total));
        }
    }

    private static int[] filled(int length, int value) {
        var values = new int[length];
        Arrays.fill(values, value);
        return values;
    }
}
