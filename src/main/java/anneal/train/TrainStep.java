package anneal.train;

import anneal.kernel.Buf;
import anneal.kernel.ReduceOp;
import anneal.kernel.Shape;
import anneal.nn.ParameterArena;
import anneal.tensor.Concat;
import anneal.tensor.Scope;
import anneal.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * One optimisation step, the same for every model that is trained here: gradients over the micro-batches, their norm,
 * clipping, AdamW and the averages. Reads nothing back from the device.
 *
 * @param maxGradientNorm longer gradients are scaled down to this length; 0 for no clipping
 */
public record TrainStep(ParameterArena arena, AdamW optimizer, double maxGradientNorm) {
    /** Keeps the division defined for a zero gradient, as torch.nn.utils.clip_grad_norm_ does. */
    private static final double CLIP_EPS = 1e-6;

    /** @throws IllegalArgumentException if the norm is negative or not a number */
    public TrainStep {
        if (!(maxGradientNorm >= 0)) {
            throw new IllegalArgumentException("the largest gradient norm must be 0 (none) or more, got "
                    + maxGradientNorm);
        }
    }

    /**
     * What a step tells, on the device.
     *
     * @param losses        by name, one for each sample of the batch [N], unweighted
     * @param gradientNorm  before clipping, [1]
     * @param parameterNorm before the update, [1]
     */
    public record Outcome(SequencedMap<String, Tensor> losses, Tensor gradientNorm, Tensor parameterNorm) {
    }

    /**
     * Takes the step.
     *
     * @param step  its number, counted from 1
     * @param parts the batch, at least one
     * @return in the current scope
     */
    public Outcome run(double learningRate, long step, List<MicroBatch> parts) {
        optimizer.prepare(learningRate, step);
        return run(parts);
    }

    /** As {@link #run(double, long, List)} after {@link AdamW#prepare}: what can be recorded and replayed of a step. */
    public Outcome run(List<MicroBatch> parts) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a training step needs at least one micro-batch");
        }
        arena.zeroGradients();
        try (var scope = arena.device().scope()) {
            var losses = new LinkedHashMap<String, List<Tensor>>();
            for (var part : parts) {
                addGradients(part).forEach((name, l) -> losses.computeIfAbsent(name, k -> new ArrayList<>()).add(l));
            }
            var gradientNorm = norm(arena.gradients().flat().buf());
            var parameterNorm = norm(arena.values().flat().buf());
            optimizer.update(maxGradientNorm == 0 ? null : clip(gradientNorm));
            return new Outcome(joined(losses, scope), scope.escape(gradientNorm), scope.escape(parameterNorm));
        }
    }

    /** Adds a part's gradients to the arena's; its losses stay in the current scope. */
    private SequencedMap<String, Tensor> addGradients(MicroBatch part) {
        var kept = new LinkedHashMap<String, Tensor>();
        try (var scope = arena.device().scope(); var tape = arena.device().tape()) {
            arena.module().watch(tape);
            var losses = part.losses().get();
            var loss = losses.get(MicroBatch.LOSS);
            if (loss == null) {
                throw new IllegalStateException("a micro-batch gave the losses " + losses.keySet() + ", but no '"
                        + MicroBatch.LOSS + "' to minimise");
            }
            var weighted = part.weights() == null ? loss : loss.mul(part.weights());
            tape.backward(weighted.mean().mul(part.share()));
            losses.forEach((name, l) -> kept.put(name, scope.escape(l.detach())));
        }
        return kept;
    }

    private static SequencedMap<String, Tensor> joined(SequencedMap<String, List<Tensor>> parts, Scope scope) {
        var whole = new LinkedHashMap<String, Tensor>();
        parts.forEach((name, l) -> whole.put(name,
                scope.escape(l.size() == 1 ? l.getFirst() : Concat.concat(0, l.toArray(Tensor[]::new)))));
        return whole;
    }

    private Tensor norm(Buf flat) {
        var sum = arena.device().empty(Shape.of(1));
        arena.device().kernels().reduce(ReduceOp.of(ReduceOp.Fn.SUM_SQUARES, 1, 0), new int[] {0}, flat, sum.buf());
        return sum.sqrt();
    }

    /** min(1, max / norm). */
    private Tensor clip(Tensor norm) {
        var factor = arena.device().scalar(maxGradientNorm).div(norm.add(CLIP_EPS));
        return factor.clamp(Double.NEGATIVE_INFINITY, 1);
    }
}
