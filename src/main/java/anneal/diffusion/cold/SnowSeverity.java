package anneal.diffusion.cold;

/**
 * How heavily it snows: the constants of ImageNet-C (Hendrycks and Dietterich 2019, "Benchmarking Neural Network
 * Robustness to Common Corruptions and Perturbations") as the authors stretch them over T levels.
 *
 * @param mean       of the Gaussian pixels
 * @param deviation  of the same
 * @param zoom       how much they are enlarged
 * @param taps       of the motion blur
 * @param threshold  below which there is no flake, at the first level and at the last
 * @param motion     deviation of the motion blur, likewise
 * @param brightness share of the image's own brightness, likewise
 */
public record SnowSeverity(double mean, double deviation, double zoom, int taps, Range threshold, Range motion,
                           Range brightness) {
    /** A number that changes evenly from the first level to the last. */
    public record Range(double first, double last) {
        /** At the step {@code i} of {@code steps}, from 0. */
        public double at(int i, int steps) {
            return steps == 1 ? first : first + i * ((last - first) / (steps - 1));
        }
    }

    /** @throws IllegalArgumentException unless the severity is 1 to 4 */
    public static SnowSeverity of(int severity) {
        return switch (severity) {
            case 1 -> new SnowSeverity(0.1, 0.3, 3, 5, new Range(0.7, 0.3), new Range(0.5, 5), new Range(0.95, 0.7));
            case 2 -> heavy(0.7, 12, 0.55);
            case 3 -> heavy(0.7, 16, 0.4);
            case 4 -> heavy(0.55, 20, 0.3);
            default -> throw new IllegalArgumentException("snow has the severities 1 to 4, got " + severity);
        };
    }

    private static SnowSeverity heavy(double lastThreshold, double lastMotion, double lastBrightness) {
        return new SnowSeverity(0.55, 0.3, 2.5, 11, new Range(1.15, lastThreshold), new Range(0.05, lastMotion),
                new Range(0.95, lastBrightness));
    }
}
