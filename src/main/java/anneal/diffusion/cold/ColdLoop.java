package anneal.diffusion.cold;

import anneal.diffusion.Sampler;
import anneal.diffusion.SamplingStep;
import anneal.diffusion.Walk;
import anneal.tensor.RepeatedStep;
import anneal.tensor.Tensor;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Restores degraded images level by level, on the walk that every sampler takes. Each step's timestep is its level.
 *
 * @param listener  hears of each step
 * @param cancelled asked before each step
 * @param repeated  what the steps of several loops in a row have in common; null for one of its own
 */
public record ColdLoop(Degradation degradation, Restorer restorer, ColdSampler sampler, Consumer<SamplingStep> listener,
                       BooleanSupplier cancelled, RepeatedStep repeated) {
    /** A loop that runs to its end in silence. */
    public ColdLoop(Degradation degradation, Restorer restorer, ColdSampler sampler) {
        this(degradation, restorer, sampler, step -> { }, () -> false, null);
    }

    /** From the worst level. */
    public Tensor run(Tensor x) {
        return run(x, degradation.steps());
    }

    /**
     * Walks down from {@code level} to 0.
     *
     * @param x images at that level [N, H, W, C], left as they are
     * @return x_0, in the current scope
     * @throws IllegalArgumentException if there is no such level
     * @throws CancellationException    if {@code cancelled} said so
     */
    public Tensor run(Tensor x, int level) {
        Levels.check(degradation, level);
        var levels = IntStream.range(0, level).map(k -> level - k).toArray();
        var times = IntStream.of(levels).mapToDouble(s -> s - 1).toArray();
        return new Walk(x.device(), levels, times, listener, cancelled, repeated).run(x, this::step);
    }

    private Sampler.Update step(Tensor x, Tensor level) {
        var restored = restorer.restore(x, Levels.time(level));
        return new Sampler.Update(sampler.step(degradation, x, restored, level), restored);
    }

    /** Direct reconstruction, R(x_s, s): one evaluation of the network. */
    public Tensor direct(Tensor x, int level) {
        if (level < 1) {
            throw new IllegalArgumentException("there is nothing to restore at level " + level);
        }
        return restorer.restore(x, Levels.time(Levels.same(x.device(), degradation, level, x.dim(0))));
    }
}
