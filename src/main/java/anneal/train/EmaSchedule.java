package anneal.train;

/** How fast a moving average forgets, step by step: ema = rate ema + (1 - rate) parameters. */
@FunctionalInterface
public interface EmaSchedule {
    /** The rate, in 0..1, after optimiser step {@code step}, counted from 1. 1 leaves the average, 0 copies. */
    double rate(long step);

    /** @throws IllegalArgumentException if the rate is not in 0..1 */
    static EmaSchedule constant(double rate) {
        if (!(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException("an EMA rate must be in 0..1, got " + rate);
        }
        return step -> rate;
    }

    /**
     * As Cold Diffusion's authors have it: only every so many steps, and until the weights have settled a mere copy.
     *
     * @param every the average changes after the steps 1, 1 + every, 1 + 2 every, ...
     * @param start number of steps that are copied
     */
    static EmaSchedule settling(double rate, int every, int start) {
        constant(rate);
        if (every < 1 || start < 0) {
            throw new IllegalArgumentException("an average that changes every %d steps, from step %d on"
                    .formatted(every, start));
        }
        return step -> (step - 1) % every != 0 ? 1 : step - 1 < start ? 0 : rate;
    }
}
