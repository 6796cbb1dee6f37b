package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class PolyMathTest {
    private interface FloatFunction {
        float at(float x);
    }

    /** The worst relative error over every 997th float of a range, both signs. */
    private static double worst(FloatFunction f, DoubleUnaryOperator truth, float low, float high) {
        double worst = 0;
        for (int bits = Float.floatToIntBits(low); bits <= Float.floatToIntBits(high); bits += 997) {
            for (int sign = -1; sign <= 1; sign += 2) {
                float x = sign * Float.intBitsToFloat(bits);
                double y = truth.applyAsDouble(x);
                if (!Double.isNaN(y) && Math.abs(y) >= Float.MIN_NORMAL && Math.abs(y) <= Float.MAX_VALUE) {
                    worst = Math.max(worst, Math.abs(f.at(x) - y) / Math.abs(y));
                }
            }
        }
        return worst;
    }

    private static void within(double bound, double worst) {
        assertTrue(worst < bound, "relative error " + worst);
        assertTrue(worst > 1e-9, "nothing was compared");
    }

    @Test
    void relativeErrorsAreAboutOneUnitInTheLastPlace() {
        within(1.1e-7, worst(PolyMath::exp, StrictMath::exp, 1e-30f, 200));
        within(1.1e-7, worst(x -> PolyMath.expOfNegative(-Math.abs(x)), x -> StrictMath.exp(-Math.abs(x)), 1e-30f, 87));
        within(1.2e-7, worst(PolyMath::log, StrictMath::log, Float.MIN_VALUE, Float.MAX_VALUE));
        within(2.5e-7, worst(PolyMath::tanh, StrictMath::tanh, 1e-30f, 50));
        within(2.5e-7, worst(PolyMath::sigmoid, x -> 1 / (1 + StrictMath.exp(-x)), 1e-30f, 80));
    }

    @Test
    void anglesAreReducedAccurately() {
        within(1.2e-7, worst(PolyMath::sin, StrictMath::sin, 1e-30f, 1.5f));
        within(1.2e-7, worst(PolyMath::cos, StrictMath::cos, 1e-30f, 1.5f));
        double absolute = 0;
        for (float x = -40000; x < 40000; x += 0.0371f) {
            absolute = Math.max(absolute, Math.abs(PolyMath.sin(x) - StrictMath.sin(x)));
            absolute = Math.max(absolute, Math.abs(PolyMath.cos(x) - StrictMath.cos(x)));
        }
        assertTrue(absolute < 1e-7, "absolute error " + absolute);
    }

    @Test
    void errorFunctionAgreesWithItsSeriesAndItsContinuedFraction() {
        within(2.0e-7, worst(PolyMath::erf, PolyMathTest::erf, 1e-30f, 6));
    }

    /** Abramowitz and Stegun 7.1.6; all terms are positive, so it is accurate to double precision. */
    private static double erf(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; term != 0 && n < 300; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / StrictMath.sqrt(Math.PI) * StrictMath.exp(-x * x) * sum;
    }

    @Test
    void specialValues() {
        float inf = Float.POSITIVE_INFINITY;
        assertEquals(0, PolyMath.exp(-inf));
        assertEquals(1, PolyMath.exp(0));
        assertEquals(inf, PolyMath.exp(inf));
        assertEquals(inf, PolyMath.exp(88.8f));
        assertEquals((float) StrictMath.exp(88.72f), PolyMath.exp(88.72f), 1e32f);
        assertEquals((float) StrictMath.exp(-100), PolyMath.exp(-100), Float.MIN_VALUE);
        assertEquals(0, PolyMath.expOfNegative(-inf));
        assertEquals(0, PolyMath.expOfNegative(-88));
        assertEquals(1, PolyMath.expOfNegative(0));
        assertEquals((float) StrictMath.exp(-87.3f), PolyMath.expOfNegative(-87.3f), 2e-45f);
        assertEquals(-inf, PolyMath.log(0));
        assertEquals(inf, PolyMath.log(inf));
        assertEquals(0, PolyMath.log(1));
        assertTrue(Float.isNaN(PolyMath.log(-1)));
        assertEquals(1, PolyMath.tanh(inf));
        assertEquals(-1, PolyMath.tanh(-inf));
        assertEquals(-0f, PolyMath.tanh(-0f));
        assertEquals(1, PolyMath.erf(inf));
        assertEquals(-1, PolyMath.erf(-inf));
        assertEquals(1, PolyMath.cos(0));
        assertTrue(Float.isNaN(PolyMath.sin(inf)));
        for (FloatFunction f : new FloatFunction[] {PolyMath::exp, PolyMath::expOfNegative, PolyMath::log, PolyMath::sin,
            PolyMath::cos, PolyMath::tanh, PolyMath::erf, PolyMath::silu, PolyMath::sigmoid}) {
            assertTrue(Float.isNaN(f.at(Float.NaN)));
        }
    }
}
