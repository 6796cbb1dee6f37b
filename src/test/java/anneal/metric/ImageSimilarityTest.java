package anneal.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ImageSimilarityTest {
    private static final double[] X = new Random(1).doubles(2 * 3 * 13 * 15).toArray();

    private static ImageSimilarity of(double[] a, double[] b) {
        return new ImageSimilarity(a, b, 3, 13, 15);
    }

    @Test
    void equalImagesAreEqual() {
        var s = of(X, X);
        assertEquals(0, s.rmse());
        assertArrayEquals(new double[] {1, 1}, s.ssimPerImage(), 1e-12);
        assertArrayEquals(new double[] {1, 1}, s.uniformSsimPerImage(), 1e-12);
        assertEquals(Double.POSITIVE_INFINITY, s.psnrPerImage()[0]);
    }

    @Test
    void aShiftOfGreyIsItsSizeInRmse() {
        var shifted = Arrays.stream(X).map(v -> v + 0.1).toArray();
        var s = of(X, shifted);
        assertEquals(0.1, s.rmse(), 1e-12);
        assertArrayEquals(new double[] {0.1, 0.1}, s.rmsePerImage(), 1e-12);
        assertEquals(20, s.psnrPerImage()[1], 1e-9);
        assertTrue(s.ssim() < 1 && s.ssim() > 0.9);
    }

    /** Constant images leave only the term of the means. */
    @Test
    void constantImagesHaveTheClosedForm() {
        var a = new double[X.length];
        var b = new double[X.length];
        Arrays.fill(a, 0.5);
        Arrays.fill(b, 0.25);
        double expected = (2 * 0.125 + 1e-4) / (0.3125 + 1e-4);
        assertEquals(expected, of(a, b).ssim(), 1e-12);
        assertEquals(expected, of(a, b).uniformSsimPerImage()[0], 1e-12);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> of(X, new double[X.length - 585]));
        assertThrows(IllegalArgumentException.class, () -> of(new double[0], new double[0]));
        var e = assertThrows(IllegalArgumentException.class,
                () -> new ImageSimilarity(new double[64], new double[64], 1, 8, 8).ssim());
        assertEquals("structural similarity of images of 8x8: at least 11x11 are needed", e.getMessage());
    }
}
