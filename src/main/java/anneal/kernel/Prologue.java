package anneal.kernel;

/**
 * What happens to the input on its way in: {@code resample(act((gamma * (x - mean) * rstd + beta) * (1 + scale) + shift))}.
 *
 * @param mean     [N, groups] from {@link Kernels#normStats}, or null for no normalisation (then rstd is null too)
 * @param gamma    [C] or null for 1
 * @param beta     [C] or null for 0
 * @param scale    [N, C], may be pitched, or null for 0 ("Diffusion Models Beat GANs", section 3, AdaGN)
 * @param shift    [N, C], may be pitched, or null for 0
 */
public record Prologue(Buf mean, Buf rstd, Buf gamma, Buf beta, Buf scale, Buf shift, Activation act,
                       Resample resample) {
    /** The input as it is. */
    public static final Prologue NONE =
            new Prologue(null, null, null, null, null, null, Activation.NONE, Resample.NONE);

    public boolean isIdentity() {
        return mean == null && gamma == null && beta == null && scale == null && shift == null
                && act == Activation.NONE && resample == Resample.NONE;
    }

    /** Number of normalisation groups; 0 without normalisation. */
    public int groups() {
        return mean == null ? 0 : mean.shape().last();
    }

    public Prologue withoutResample() {
        return new Prologue(mean, rstd, gamma, beta, scale, shift, act, Resample.NONE);
    }
}
