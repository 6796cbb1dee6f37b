package anneal.parity;

import anneal.io.TensorData;
import java.util.Arrays;

/**
 * One tensor against its reference.
 *
 * @param tensor       its name
 * @param worst        largest error of an element over that element's tolerance; infinite if it cannot be compared
 * @param relativeNorm ||x - ref|| / ||ref||; where the reference is zero by symmetry, the largest |x|
 * @param strictBar    bar of {@code relativeNorm}, or infinity where only the manifest's tolerances hold
 * @param problem      why it cannot be compared, or null
 */
public record Comparison(String tensor, double worst, double relativeNorm, double strictBar, String problem) {
    private static final String PIXELS = "uint8";
    private static final double STRICT = 1e-9;
    /** The reference is a float64 result that was rounded to float32: half an ulp is 6e-8 of an element. */
    private static final double STRICT_ROUNDED = 1e-7;

    /**
     * @param got    what this engine computed, or null if it did not
     * @param strict also hold the relative norm to float64's bars
     * @param exact  with {@code strict}, hold every element to this instead; or null
     */
    static Comparison of(Manifest.Entry entry, TensorData reference, TensorData got, boolean strict,
                         Manifest.Bar exact) {
        double bar = strict && exact == null ? strictBar(reference) : Double.POSITIVE_INFINITY;
        if (got == null) {
            return incomparable(entry, bar, "is missing");
        }
        if (!Arrays.equals(got.shape(), reference.shape())) {
            return incomparable(entry, bar, "has shape " + Arrays.toString(got.shape()) + " instead of "
                    + Arrays.toString(reference.shape()));
        }
        var x = got.toDoubles();
        var r = reference.toDoubles();
        double worst = 0;
        double error = 0;
        double norm = 0;
        double largest = 0;
        for (int i = 0; i < x.length; i++) {
            if (!Double.isFinite(x[i])) {
                return incomparable(entry, bar, "is " + x[i] + " at element " + i);
            }
            double d = Math.abs(x[i] - r[i]);
            double tolerance = strict && exact != null ? exact.atol() + exact.rtol() * Math.abs(r[i])
                    : entry.tolerance(i, x.length, r[i]);
            worst = Math.max(worst, d == 0 ? 0 : d / Math.max(tolerance, Double.MIN_NORMAL));
            error += d * d;
            norm += r[i] * r[i];
            largest = Math.max(largest, Math.abs(x[i]));
        }
        double relative = entry.zeroBySymmetry() || norm == 0 ? largest : Math.sqrt(error / norm);
        return new Comparison(entry.name(), worst, relative, bar, null);
    }

    /**
     * On a device that stores or multiplies less than float32 (see {@link PrecisionBars}): only the norm of a tensor's
     * error is held to a bar. Integers that are no pixels are compared as ever.
     *
     * @param scale what a tensor that is zero by symmetry is small beside: the largest number of its like in the case
     */
    static Comparison inPrecision(Manifest.Entry entry, TensorData reference, TensorData got, double bar,
                                  double scale) {
        var usual = of(entry, reference, got, false, null);
        boolean numbers = reference.type().isFloating() || PIXELS.equals(entry.dtype());
        if (usual.problem != null || !numbers) {
            return usual;
        }
        double relative = entry.zeroBySymmetry() ? usual.relativeNorm / Math.max(scale, Double.MIN_NORMAL)
                : usual.relativeNorm;
        return new Comparison(entry.name(), relative / bar, relative, bar, null);
    }

    private static double strictBar(TensorData reference) {
        return switch (reference.type()) {
            case F64 -> STRICT;
            case F32 -> STRICT_ROUNDED;
            default -> Double.POSITIVE_INFINITY;
        };
    }

    private static Comparison incomparable(Manifest.Entry entry, double bar, String problem) {
        return new Comparison(entry.name(), Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, bar, problem);
    }

    boolean isStrict() {
        return strictBar < Double.POSITIVE_INFINITY;
    }

    /** Largest of the errors over their bars: more than 1 is a failure. */
    double overBar() {
        return Math.max(worst, isStrict() ? relativeNorm / strictBar : 0);
    }

    public boolean passed() {
        return problem == null && overBar() <= 1;
    }

    /** What is wrong, for people; empty if nothing is. */
    String complaint() {
        if (passed()) {
            return "";
        }
        if (problem != null) {
            return tensor + " " + problem;
        }
        boolean normOnly = worst == relativeNorm / strictBar;   // in a precision of its own
        return worst > 1 && !normOnly
                ? "%s is off by %.3g tolerances".formatted(tensor, worst)
                : "%s has a relative norm of %.2g, %.1e allowed".formatted(tensor, relativeNorm, strictBar);
    }
}
