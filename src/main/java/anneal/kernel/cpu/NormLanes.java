package anneal.kernel.cpu;

import anneal.kernel.Activation;

/**
 * Inner loops of normalisation over blocks of pixels, channels last. All addresses and pitches (from one pixel to the
 * next) are in bytes; every array of one number a channel is dense floats. The mean is taken away first: x - mean is
 * exact where they are near, and nothing cancels after that. A channel's sum is one chain of additions over the pixels,
 * so all but {@link #moments} and {@link #rowGradient} have the same bits in every provider.
 */
public interface NormLanes {
    /** Pixels that {@link #spread} and {@link #gradientSums} take at most, which keeps their chains short. */
    int PIXELS = 128;

    /** {@code y = act(a[c] * (x - mean[c]) + b[c])}; y may not overlap x. */
    void apply(Activation act, int pixels, int channels, long x, long xPitch, long mean, long a, long b,
               long y, long yPitch);

    /** Pixels whose mean is the centre of {@link #spread}. */
    int PROBES = 8;

    /**
     * Sums around a centre f close to the block's mean, so that little is lost when they are brought to the mean itself:
     * {@code out[c] = f[c]}, {@code next} bytes after it {@code sum (x - f[c])}, and as many after that
     * {@code sum (x - f[c])^2}. The centre is the mean of {@link #PROBES} pixels spread over the block.
     */
    void spread(int pixels, int channels, long x, long xPitch, long out, long next);

    /** Sums over {@code n} dense floats: {@code out} receives, as doubles, sum (x - centre) and sum (x - centre)^2. */
    void moments(int n, long x, float centre, long out);

    /** {@code y = gamma * ((x - mean) * rstd) + beta} over {@code n} dense floats; gamma and beta may be 0 for none. */
    void row(int n, long x, float mean, float rstd, long gamma, long beta, long y);

    /**
     * With {@code dv = dy * act'(a[c] (x - mean[c]) + b[c])}: {@code out[c] = sum dv} and, after {@code second} bytes
     * more, {@code sum dv * (x - mean[c])}.
     */
    void gradientSums(Activation act, int pixels, int channels, long x, long xPitch, long dy, long dyPitch,
                      long mean, long a, long b, long out, long second);

    /**
     * {@code dx = k1[c] dv + (k2[c] (x - mean[c]) + k3[c]) + dxBeta dx} with dv as in {@link #gradientSums}.
     *
     * @param dxBeta 0: dx is not read
     */
    void gradient(Activation act, int pixels, int channels, long x, long xPitch, long dy, long dyPitch,
                  long mean, long a, long b, long k1, long k2, long k3, float dxBeta, long dx, long dxPitch);

    /**
     * Gradient of {@link #row}, u = (x - mean) rstd: adds dy u to {@code dGamma} and dy to {@code dBeta} (n floats
     * each) and, unless {@code dx} is 0, writes {@code dx = rstd (t - mean(t) - u mean(t u)) + dxBeta dx} with
     * t = gamma dy.
     */
    void rowGradient(int n, long x, float mean, float rstd, long gamma, long dy, long dGamma, long dBeta,
                     float dxBeta, long dx);

    /** {@code y = ((x00 + x01) + (x10 + x11)) / 4} of neighbours in two rows of {@code 2 * pixels} pixels each. */
    void average(int pixels, int channels, long top, long bottom, long xPitch, long y, long yPitch);
}
