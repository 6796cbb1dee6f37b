package anneal.kernel.cpu;

/**
 * The numbers of F(4x4, 3x3): its transforms evaluate polynomials at 0, A, -A, B, -B and infinity (Lavin and Gray take 1
 * and 2). With 5/8 and 3/2 the error is 2.5 times smaller, for their powers up to the cube lie around 1 on both sides,
 * and all products of them below are exact.
 */
public final class WinogradPoints {
    public static final float A = 0.625f;
    public static final float A2 = A * A;
    public static final float A3 = A2 * A;
    public static final float B = 1.5f;
    public static final float B2 = B * B;
    public static final float B3 = B2 * B;
    public static final float SUM = A2 + B2;
    public static final float PRODUCT = A2 * B2;

    /** Row of G for the point 0: what the first tap is multiplied with. */
    public static final float G0 = 1 / PRODUCT;
    /** Row of G for the points A and, with the other sign of {@link #GA1}, -A: what taps 0 to 2 are multiplied with. */
    public static final float GA0 = (float) (0.5 / ((double) A2 * (A2 - B2)));
    public static final float GA1 = (float) (0.5 / ((double) A * (A2 - B2)));
    public static final float GA2 = 0.5f / (A2 - B2);
    /** The same for B. */
    public static final float GB0 = (float) (0.5 / ((double) B2 * (B2 - A2)));
    public static final float GB1 = (float) (0.5 / ((double) B * (B2 - A2)));
    public static final float GB2 = 0.5f / (B2 - A2);

    private WinogradPoints() {
    }
}
