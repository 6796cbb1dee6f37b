package anneal.train;

import anneal.kernel.AdamWSpec;
import anneal.kernel.Buf;
import anneal.kernel.Shape;
import anneal.nn.ArenaBuffer;
import anneal.nn.ParameterArena;
import anneal.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * AdamW (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", Algorithm 2) over a whole arena, followed by
 * every moving average: ema = rate ema + (1 - rate) parameters. One kernel call a step. What changes from step to step
 * lies in a device buffer, so that a recorded step can be replayed. An arena's shadow is written in the same call, as an
 * average that remembers nothing.
 */
public final class AdamW implements AutoCloseable {
    /** Where in the numbers of a step the gradients' factor is; the averages' weights follow it. */
    private static final int FACTOR = 2;

    private final ParameterArena arena;
    private final AdamWSpec spec;
    private final List<EmaSchedule> schedules;
    /** The averages, then the shadow. */
    private final Buf[] followers;
    /** As {@link anneal.kernel.Kernels#adamw} takes it. */
    private final Tensor hyper;

    /**
     * @param arena    with moments, and one average for each rate
     * @param emaRates each in 0..1; close to 1 averages over many steps
     * @throws IllegalArgumentException if the rates are not as many as the arena's averages or out of range
     */
    public AdamW(ParameterArena arena, AdamWSpec spec, double... emaRates) {
        this(arena, spec, Arrays.stream(emaRates).mapToObj(EmaSchedule::constant).toList());
    }

    /** With rates that change from step to step. */
    public AdamW(ParameterArena arena, AdamWSpec spec, List<EmaSchedule> schedules) {
        if (schedules.size() != arena.emas().size()) {
            throw new IllegalArgumentException(schedules.size() + " EMA rates for an arena that keeps "
                    + arena.emas().size() + " averages");
        }
        this.arena = arena;
        this.spec = spec;
        this.schedules = List.copyOf(schedules);
        followers = Stream.concat(arena.emas().stream(), Stream.ofNullable(arena.shadow())).map(AdamW::bufOf)
                .toArray(Buf[]::new);
        hyper = arena.device().owned(Shape.of(FACTOR + 1 + followers.length));
    }

    private static Buf bufOf(ArenaBuffer buffer) {
        return buffer.flat().buf();
    }

    /** A step: {@link #prepare}, then {@link #update}. */
    public void step(double learningRate, long step, Tensor gradientFactor) {
        prepare(learningRate, step);
        update(gradientFactor);
    }

    /**
     * Writes the numbers of the next step to the device. This and {@link #update} are apart because a step that is
     * recorded and replayed can only read them.
     *
     * @param learningRate of this step
     * @param step         its number, counted from 1: the bias corrections depend on it
     */
    public void prepare(double learningRate, long step) {
        if (step < 1) {
            throw new IllegalArgumentException("AdamW's steps are counted from 1, got " + step);
        }
        var numbers = new double[FACTOR + 1 + followers.length];
        numbers[0] = learningRate;
        numbers[1] = step;
        numbers[FACTOR] = 1;
        for (int i = 0; i < followers.length; i++) {
            numbers[FACTOR + 1 + i] = i < schedules.size() ? 1 - schedules.get(i).rate(step) : 1;
        }
        hyper.copyFrom(numbers);
    }

    /**
     * Updates the arena's values and moments from its gradients, then its averages and its shadow from the new values.
     *
     * @param gradientFactor a single number on the device that the gradients are multiplied by; null for 1
     */
    public void update(Tensor gradientFactor) {
        try (var scope = arena.device().scope()) {
            if (gradientFactor != null) {
                hyper.columns(FACTOR, FACTOR + 1).copyFrom(gradientFactor.reshape(1));
            }
            arena.device().kernels().adamw(spec, hyper.buf(), bufOf(arena.values()), bufOf(arena.gradients()),
                    bufOf(arena.firstMoment()), bufOf(arena.secondMoment()), followers);
        }
    }

    @Override
    public void close() {
        hyper.release();
    }
}
