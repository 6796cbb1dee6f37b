package anneal.kernel;

/**
 * What happens to the input on its way in: {@code resample(act((gamma * (x - mean) * rstd + beta) * (1 + scale) + shift))}.
 *
 * @param mean     [N, groups] from {@link Kernels#normStats}, or null for no normalisation (then rstd is null too)
 * @param eps      if a number, mean and rstd are not given but measured: written first, as {@link Kernels#normStats} with
 *                 this eps does; {@link Double#NaN} if they are given
 * @param gamma    [C] or null for 1
 * @param beta     [C] or null for 0
 * @param scale    [N, C], may be pitched, or null for 0 ("Diffusion Models Beat GANs", section 3, AdaGN)
 * @param shift    [N, C], may be pitched, or null for 0
 */
public record Prologue(Buf mean, Buf rstd, Buf gamma, Buf beta, Buf scale, Buf shift, Activation act,
                       Resample resample, double eps) {
    /** The input as it is. */
    public static final Prologue NONE =
            new Prologue(null, null, null, null, null, null, Activation.NONE, Resample.NONE);

    /** With mean and rstd that are given. */
    public Prologue(Buf mean, Buf rstd, Buf gamma, Buf beta, Buf scale, Buf shift, Activation act, Resample resample) {
        this(mean, rstd, gamma, beta, scale, shift, act, resample, Double.NaN);
    }

    /** The same, but mean and rstd are measured first. */
    public Prologue measuring(double newEps) {
        return new Prologue(mean, rstd, gamma, beta, scale, shift, act, resample, newEps);
    }

    /** The same, with mean and rstd given. */
    public Prologue given() {
        return new Prologue(mean, rstd, gamma, beta, scale, shift, act, resample);
    }

    /** Whether mean and rstd are measured first. */
    public boolean measures() {
        return !Double.isNaN(eps);
    }

    public boolean isIdentity() {
        return mean == null && gamma == null && beta == null && scale == null && shift == null
                && act == Activation.NONE && resample == Resample.NONE;
    }

    /** Number of normalisation groups; 0 without normalisation. */
    public int groups() {
        return mean == null ? 0 : mean.shape().last();
    }

    public Prologue withoutResample() {
        return new Prologue(mean, rstd, gamma, beta, scale, shift, act, Resample.NONE, eps);
    }
}
