package anneal.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.FileType;
import anneal.io.TensorData;
import org.junit.jupiter.api.Test;

/** The judge itself: what it must let through and what it must not. */
class ComparisonTest {
    private static final TensorData REFERENCE = TensorData.of(new double[] {1, -2, 0, 4}, 2, 2);

    private static Manifest.Entry bars(double atol, double rtol, double[] perRow, boolean zero) {
        var shape = new long[] {2, 2};
        return new Manifest.Entry("out.y", "output", "float64", shape, atol, rtol, perRow, zero, null, null);
    }

    private static boolean passes(Manifest.Entry bars, double... got) {
        return Comparison.of(bars, REFERENCE, TensorData.of(got, 2, 2), false, null).passed();
    }

    @Test
    void toleranceIsAbsolutePlusRelative() {
        assertTrue(passes(bars(0.1, 0.01, null, false), 1.1, -2.1, 0.1, 4.13));
        assertFalse(passes(bars(0.1, 0.01, null, false), 1, -2, 0, 4.15));
        assertFalse(passes(bars(0.1, 0.01, null, false), 1, -2, 0.11, 4));
        assertFalse(passes(bars(0, 0, null, false), 1, -2, 1e-300, 4));
    }

    @Test
    void rowsHaveTheirOwnBars() {
        var bars = bars(9, 0, new double[] {0.1, 1}, false);
        assertTrue(passes(bars, 1.05, -2, 0.9, 4));
        assertFalse(passes(bars, 1.2, -2, 0, 4));
    }

    @Test
    void zeroBySymmetryHasNoRelativeBar() {
        assertFalse(passes(bars(1e-3, 1, null, true), 1, -2, 0, 4.1));
        assertTrue(passes(bars(1e-3, 1, null, true), 1, -2, 0, 4.0009));
    }

    @Test
    void whatIsNotANumberOrOfAnotherShapeOrMissingFails() {
        assertFalse(passes(bars(1e9, 0, null, false), 1, -2, Double.NaN, 4));
        assertFalse(passes(bars(1e9, 0, null, false), 1, -2, Double.POSITIVE_INFINITY, 4));
        var flat = Comparison.of(bars(1e9, 0, null, false), REFERENCE, TensorData.of(new double[4], 4), false, null);
        assertEquals("out.y has shape [4] instead of [2, 2]", flat.complaint());
        var missing = Comparison.of(bars(1e9, 0, null, false), REFERENCE, null, false, null);
        assertEquals("out.y is missing", missing.complaint());
    }

    @Test
    void strictnessFollowsThePrecisionOfTheFile() {
        var loose = bars(1, 0, null, false);
        var near = TensorData.of(new double[] {1 + 1e-8, -2, 0, 4}, 2, 2);
        assertTrue(Comparison.of(loose, REFERENCE, near, false, null).passed());
        assertFalse(Comparison.of(loose, REFERENCE, near, true, null).passed());
        assertTrue(Comparison.of(loose, REFERENCE.cast(FileType.F32), near, true, null).passed());
        var far = TensorData.of(new double[] {1 + 1e-6, -2, 0, 4}, 2, 2);
        assertFalse(Comparison.of(loose, REFERENCE.cast(FileType.F32), far, true, null).passed());
    }

    @Test
    void aCasesOwnBarOfFloat64HoldsEveryElementInstead() {
        var loose = bars(1e-3, 0, null, false);
        var zero = TensorData.of(new double[] {1e-15, 2}, 2);
        var got = TensorData.of(new double[] {-3e-15, 2 + 1.5e-6}, 2);
        assertFalse(Comparison.of(loose, zero, got, true, null).passed());
        assertTrue(Comparison.of(loose, zero, got, true, new Manifest.Bar(1e-9, 1e-6)).passed());
        assertFalse(Comparison.of(loose, zero, got, true, new Manifest.Bar(1e-9, 1e-7)).passed());
        assertTrue(Comparison.of(loose, zero, got, false, new Manifest.Bar(1e-9, 1e-7)).passed());
    }
}
