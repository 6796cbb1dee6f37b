package anneal.kernel.profile;

/**
 * What a machine can do at most. The floor of a call is the larger of its operations over the one rate and its bytes
 * over the other: no kernel that does these operations on data in memory takes less.
 */
public record Peak(double flopsPerSecond, double bytesPerSecond) {
    public Peak {
        if (!(flopsPerSecond > 0 && bytesPerSecond > 0)) {
            throw new IllegalArgumentException("a machine's peak must be two numbers above 0, got " + flopsPerSecond
                    + " operations and " + bytesPerSecond + " bytes a second");
        }
    }

    /** Seconds. */
    double floor(double flops, double bytes) {
        return Math.max(flops / flopsPerSecond, bytes / bytesPerSecond);
    }
}
