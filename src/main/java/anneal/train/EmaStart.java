package anneal.train;

/**
 * When moving averages of the weights move at all, as Cold Diffusion's authors have it: {@link EmaSchedule#settling}.
 *
 * @param every they move after the steps 1, 1 + every, 1 + 2 every, ...
 * @param after so many steps are copied
 */
public record EmaStart(int every, int after) {
    /** @throws IllegalArgumentException if {@code every} is not positive or {@code after} is negative */
    public EmaStart {
        EmaSchedule.settling(0, every, after);
    }
}
