package anneal.train;

/**
 * The scale of a loss whose gradients are kept in 16 bits, as its logarithm to base 2 (guided-diffusion,
 * fp16_util.MixedPrecisionTrainer): it grows a little with every step, and halves when a gradient overflows, whose step
 * is then left out.
 */
public final class DynamicLossScale {
    private final double growth;
    private double log2;

    /**
     * @param log2   start value
     * @param growth added after each step that is taken
     */
    public DynamicLossScale(double log2, double growth) {
        this.log2 = log2;
        this.growth = growth;
    }

    /** Logarithm to base 2 of the scale. */
    public double log2() {
        return log2;
    }

    /** What the loss is multiplied by, and its gradients are divided by before the optimiser sees them. */
    public double scale() {
        return Math.pow(2, log2);
    }

    /**
     * Learns of a step's gradients.
     *
     * @param gradientNorm of the scaled gradients; infinite or NaN if one of them is
     * @return whether the step may be taken
     */
    public boolean update(double gradientNorm) {
        boolean finite = Double.isFinite(gradientNorm);
        log2 = finite ? log2 + growth : log2 - 1;
        return finite;
    }
}
