package anneal.diffusion;

import anneal.kernel.DType;
import anneal.kernel.Shape;
import anneal.tensor.Device;
import anneal.tensor.RepeatedStep;
import anneal.tensor.Tensor;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A step at one time after another, from image to image. What a step allocates is freed before the next one, and x
 * stays at one address. {@link SamplerLoop} and the loop of Cold Diffusion are walks.
 */
public final class Walk {
    private final Device device;
    private final int[] times;
    private final double[] modelTimes;
    private final Consumer<SamplingStep> listener;
    private final BooleanSupplier cancelled;
    private final RepeatedStep repeated;

    /**
     * @param times      of the steps, in their order
     * @param modelTimes the same as the network is told them
     * @param listener   hears of each step
     * @param cancelled  asked before each step
     * @param repeated   what the steps of several walks in a row have in common; null for one of its own
     */
    public Walk(Device device, int[] times, double[] modelTimes, Consumer<SamplingStep> listener,
                BooleanSupplier cancelled, RepeatedStep repeated) {
        this.device = device;
        this.times = times.clone();
        this.modelTimes = modelTimes.clone();
        this.listener = listener;
        this.cancelled = cancelled;
        this.repeated = repeated;
    }

    /** What happens at a time. */
    @FunctionalInterface
    public interface Step {
        /**
         * Where the device has graphs this is called for two steps of a walk only; see
         * {@link anneal.tensor.ReplayedStep}.
         *
         * @param t the time of each image, I32 [N]
         */
        Sampler.Update take(Tensor x, Tensor t);

        /** What has to be known before step {@code index} begins, from 0. */
        default void prepare(int index) {
            // most steps need nothing but x and t
        }
    }

    /**
     * Walks on from {@code initial}, which is left as it is.
     *
     * @return in the current scope
     * @throws CancellationException if {@code cancelled} said so
     */
    public Tensor run(Tensor initial, Step step) {
        if (repeated != null) {
            return run(initial, step, repeated);
        }
        try (var own = device.repeatedStep()) {
            return run(initial, step, own);
        }
    }

    private Tensor run(Tensor initial, Step step, RepeatedStep steps) {
        try (var run = device.scope()) {
            var x = device.empty(initial.dtype(), initial.shape());
            x.copyFrom(initial);
            var predXstart = device.empty(initial.dtype(), initial.shape());
            var t = device.empty(DType.I32, Shape.of(x.dim(0)));
            try (var turns = steps.of(() -> {
                var update = step.take(x, t);
                x.copyFrom(update.x());
                predXstart.copyFrom(update.predXstart());
            })) {
                for (int k = 0; k < times.length; k++) {
                    stopIfCancelled(k);
                    var now = new int[x.dim(0)];
                    Arrays.fill(now, times[k]);
                    t.copyFrom(now);
                    step.prepare(k);
                    turns.run();
                    tell(new SamplingStep(k, times.length, times[k], modelTimes[k], x, predXstart));
                }
            }
            return run.escape(x);
        }
    }

    private void tell(SamplingStep news) {
        try (var heard = device.scope()) {
            listener.accept(news);
        }
    }

    private void stopIfCancelled(int step) {
        if (cancelled.getAsBoolean()) {
            throw new CancellationException("sampling was stopped after %d of %d steps".formatted(step, times.length));
        }
    }
}
