package anneal.diffusion;

/** Where the variance of p(x_{t-1} | x_t) comes from. */
public enum VarianceType {
    /** The posterior's variance: right if x_0 is a point (Ho et al. 2020, section 3.2). */
    FIXED_SMALL,
    /** beta: right if x_0 is standard normal (there as well). */
    FIXED_LARGE,
    /** The log variance is the second half of the network's channels. */
    LEARNED,
    /** The second half interpolates between the two fixed log variances (Improved DDPM, equation 15). */
    LEARNED_RANGE;

    /** Whether the network has twice the image's channels, the second half for the variance. */
    public boolean isLearned() {
        return this == LEARNED || this == LEARNED_RANGE;
    }
}
